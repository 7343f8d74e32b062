import { Fault } from "../../fault.ts";
import { messageOf } from "../../support/system-error.ts";

const ANEW = "Build the package anew with: mayfly build --zip";

/** @param why as `which would leave the folder it is unpacked to` */
export function unsafe(file: string, name: string, why = "which would leave the folder it is unpacked to"): Fault {
  return new Fault("MAYFLY_UNSAFE_ZIP", `The zip file ${file} holds ${shown(name)}, ${why}.`, { hint: ANEW });
}

/** @param why as `which it holds already` */
export function impossibleName(file: string, name: string, why: string): Fault {
  return new Fault("MAYFLY_ZIP_NAMES", `The zip file ${file} holds ${shown(name)}, ${why}.`, {
    hint: "Lambda can't unpack it either. Rename what is packed, or build the package anew with: mayfly build --zip",
  });
}

export function zipTooLarge(file: string): Fault {
  return new Fault("MAYFLY_PACKAGE_TOO_LARGE", `Unpacked, ${file} is larger than Lambda's limit of 250 MiB.`, {
    hint: "Leave out what the function doesn't need, or deploy it as a container image.",
  });
}

export function unreadable(file: string, cause: unknown): Fault {
  return new Fault("MAYFLY_NOT_A_ZIP", `The file ${file} can't be read as a zip file: ${messageOf(cause)}`, {
    hint: ANEW,
    cause,
  });
}

export function damaged(file: string, name: string, why: string): Fault {
  return new Fault("MAYFLY_NOT_A_ZIP", `The zip file ${file} is damaged: ${shown(name)} ${why}.`, { hint: ANEW });
}

const SHOWN = 120;

/** Names come from strangers: neither long nor able to move a terminal's cursor. */
function shown(name: string): string {
  return JSON.stringify(name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name);
}
