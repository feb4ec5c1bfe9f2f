import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./Button.tsx";

interface MenuProps {
  label: string;
  trigger: ReactNode;
  children: ReactNode;
}

/** A button that shows more buttons; Escape, a choice or a click elsewhere closes it. */
export function Menu({ label, trigger, children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      ref.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", onPointer);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", onPointer);
      document.removeEventListener("keydown", onKey);
    };
  }, [open]);
  return (
    <div className="sm:relative" ref={ref}>
      <Button
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="px-3"
      >
        {trigger}
      </Button>
      {open && (
        // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: closes after a choice; the buttons inside take the keyboard
        <div
          id={id}
          onClick={() => setOpen(false)}
          className="fixed inset-x-4 top-16 z-40 mt-1 sm:absolute sm:inset-x-auto sm:end-0 sm:top-full sm:mt-2 sm:w-72 animate-rise rounded-card border border-line bg-raised p-2 shadow-lift"
        >
          {children}
        </div>
      )}
    </div>
  );
}
