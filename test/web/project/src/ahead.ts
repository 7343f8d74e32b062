process.env["LOADED_AHEAD"] = "yes";
