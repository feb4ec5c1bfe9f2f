import { Trans as LinguiTrans } from "@lingui/react";
import type { ReactElement, ReactNode } from "react";
import type { MessageId } from "./messages.ts";

interface TransProps {
  id: MessageId;
  /** Placeholders. Text that somebody else wrote is given as an element, so that no tag in it counts. */
  values?: Readonly<Record<string, ReactNode>>;
  /** The message's tags: `<strong>` is `components.strong`. */
  components?: Readonly<Record<string, ReactElement>>;
}

/** A text with elements inside it. */
export function Trans({ id, values, components }: TransProps) {
  return <LinguiTrans id={id} values={values} components={components} />;
}
