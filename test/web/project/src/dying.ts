console.log("connecting to the database");
console.error("no database at db.example:5432");
process.exit(7);
