// Nobody listens on port 1 of this machine.
await fetch("http://127.0.0.1:1/settings?key=secret");

export const handle = (): string => "never";
