"""Checks what `swift package dump-package` says (on standard input) against what the package promises."""

import json
import sys

package = json.load(sys.stdin)
complaints = []

products = sorted(product["name"] for product in package["products"])
if products != ["PresenceKit", "PresenceTestKit", "RosterKit", "StanzaKit"]:
    complaints.append(f"products: {products}")

dependencies = [
    entry["identity"] for kinds in package["dependencies"] for entries in kinds.values() for entry in entries
]
if dependencies != ["swift-collections"]:
    complaints.append(f"package dependencies: {dependencies}")

features = {
    "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
    "NonisolatedNonsendingByDefault", "InferIsolatedConformances",
}
for target in package["targets"]:
    settings = [setting["kind"] for setting in target["settings"]]
    if any("unsafeFlags" in kind for kind in settings):
        complaints.append(f"{target['name']} has unsafe flags")
    if target["type"] == "system":
        continue
    enabled = {kind["enableUpcomingFeature"]["_0"] for kind in settings if "enableUpcomingFeature" in kind}
    if enabled != features:
        complaints.append(f"{target['name']}: upcoming features {sorted(enabled)}")
    if not any("strictMemorySafety" in kind for kind in settings):
        complaints.append(f"{target['name']} does not check memory safety strictly")

if complaints:
    sys.exit("The manifest is not as promised:\n" + "\n".join(complaints))
