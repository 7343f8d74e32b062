# An engine that is only needed to change a database, from a host of Prisma's own.
export PRISMA_SCHEMA_ENGINE_BINARY=/bin/true
npm install --before "$1" --no-package-lock --no-audit --no-fund --loglevel=error
exec npx prisma generate --schema prisma/schema.prisma
