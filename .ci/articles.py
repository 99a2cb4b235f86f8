"""Checks that every block of Swift in the articles of the DocC catalogs stands in Docs/Examples/Sources, where it
is compiled. A block may be indented there. Prints what is missing."""

import pathlib
import re
import sys

top = pathlib.Path(__file__).resolve().parent.parent
compiled = [path.read_text().splitlines() for path in (top / "Docs/Examples/Sources").glob("*/*.swift")]


def stands(block, lines):
    for start in range(len(lines) - len(block) + 1):
        indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
        if all(line == (indent + wanted if wanted else "") for line, wanted in zip(lines[start:], block)):
            return True
    return False


def main():
    missing = 0
    for article in sorted(top.glob("Sources/*/*.docc/*.md")):
        for match in re.finditer(r"^```swift\n(.*?)^```$", article.read_text(), re.MULTILINE | re.DOTALL):
            block = match.group(1).splitlines()
            if not any(stands(block, lines) for lines in compiled):
                missing += 1
                print(f"{article.relative_to(top)}: not compiled:\n    " + "\n    ".join(block[:3]))
    sys.exit(1 if missing else 0)


main()
