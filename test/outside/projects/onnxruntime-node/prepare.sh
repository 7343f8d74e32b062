# Its script fetches what graphics processors need, from another host.
npm install --before "$1" --no-package-lock --no-audit --no-fund --loglevel=error --ignore-scripts
