import { type AbiParameter, type Hex, hexToString, stringToHex } from "viem";

/**
 * A text field of an event, exactly as emitted. The chain lets any bytes pass for a string; what JavaScript's text or
 * a database's can't hold unchanged (broken UTF-8, a byte order mark, NUL) stays the bytes that it is.
 */
export type Text = string | { readonly bytes: Hex };

export function textFromBytes(bytes: Hex): Text {
  const text = hexToString(bytes);
  return stringToHex(text) === bytes && !text.includes("\0") ? text : { bytes };
}

export function textToBytes(text: Text): Hex {
  return typeof text === "string" ? stringToHex(text) : text.bytes;
}

/** The parameter with `bytes` for `string`: the same encoding, and nothing is lost on the way. */
export function textAsBytes<parameter extends AbiParameter>(parameter: parameter): parameter {
  return parameter.type === "string" ? { ...parameter, type: "bytes" } : parameter;
}
