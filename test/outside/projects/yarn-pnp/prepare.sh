export YARN_NPM_REGISTRY_SERVER YARN_ENABLE_IMMUTABLE_INSTALLS=false
YARN_NPM_REGISTRY_SERVER=$(npm config get registry)
exec npx --yes --package @yarnpkg/cli-dist@4.12.0 yarn install
