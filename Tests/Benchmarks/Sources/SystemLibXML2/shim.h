// Only C sources use this package's way into libxml2: the Floor includes <libxml/parser.h> itself.
