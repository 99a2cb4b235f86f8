// The one way into libxml2. Debian builds libxml2 with ICU, and its headers then bring in a second
// copy of types that Foundation's own ICU defines ("'UErrorCode' has different definitions in
// different modules"). Nothing here needs libxml2's ICU interface, so it is left out.
#ifndef CLIBXML2_SHIM_H
#define CLIBXML2_SHIM_H

#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#endif
