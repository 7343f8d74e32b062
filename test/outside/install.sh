#!/usr/bin/env bash
# Installs the foreign parts into this folder. Needs npm, Python 3 with venv, and to compile one of them: cmake, make,
# a C++ compiler and xz. Does nothing when what the manifests name is there already.
set -euo pipefail
cd "$(dirname "$0")"

bash debian-sources.sh
bash projects/install.sh

stamp=$(cat package-lock.json requirements*.txt deferred/package-lock.json next/package.json packages/package.json packages/prepare.mjs debian-sources.txt install.sh | sha256sum | cut -d' ' -f1)
prepare_packages() {
  if [ -d packages/.sources ]; then "$PWD"/node_modules/node-22-linux-*/bin/node --no-warnings packages/prepare.mjs; fi
}
if [ "$(cat .venv/installed 2>/dev/null)" = "$stamp" ]; then
  prepare_packages
  exit 0
fi
rm -rf node_modules deferred/node_modules .venv next/node_modules packages/node_modules

npm ci --ignore-scripts --no-audit --no-fund
npm ci --prefix deferred --ignore-scripts --no-audit --no-fund
# Compiled against the headers of the Node.js that it will run on.
npm_config_nodedir=$(ls -d "$PWD"/node_modules/node-linux-*) npm rebuild aws-lambda-ric --ignore-scripts=false

# Without a lockfile: not every registry has its packages for other platforms, and npm ci wants them all.
npm install --prefix next --no-package-lock --ignore-scripts --no-audit --no-fund
npm install --prefix packages --no-package-lock --ignore-scripts --no-audit --no-fund
prepare_packages

python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --target .venv/emulator -r requirements-emulator.txt
chmod +x .venv/emulator/samcli/local/rapid/aws-lambda-rie-*

echo "$stamp" > .venv/installed
