# Packages are links into a store here: what a package needs lies beside where its link leads.
exec npx --yes pnpm@9.15.9 install --no-lockfile --ignore-workspace --config.auto-install-peers=false --reporter=silent
