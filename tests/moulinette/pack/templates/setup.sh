#!/usr/bin/env bash
# Installs what grading needs, and builds it. Gradescope runs it as root when it makes the image; so does the Containerfile.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
"$here/corokit/moulinette" prepare @EXERCISE@
