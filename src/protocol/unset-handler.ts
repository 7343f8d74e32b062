/** How the answer of a Mayfly function begins that was started without a handler. */
export const UNSET_HANDLER = "Mayfly is running, but no handler is set.";
/** In that answer, in front of the handlers that there are. */
export const KNOWN_HANDLERS = "to one of this package's: ";
