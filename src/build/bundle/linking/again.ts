/** Thrown by a plugin that knows more once all modules are read: the bundler then begins again. */
export class Again extends Error {}
