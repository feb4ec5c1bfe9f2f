import { Button } from "../ui/Button.tsx";

const ACCEPTED = "gridx.privacy-note";

export function privacyAccepted(): boolean {
  try {
    return localStorage.getItem(ACCEPTED) === "accepted";
  } catch {
    return false;
  }
}

export function acceptPrivacy(): void {
  try {
    localStorage.setItem(ACCEPTED, "accepted");
  } catch {
    // Without storage the note is shown again.
  }
}

/** What becomes public, said before it does. */
export function PrivacyNote({ onAccept, onCancel }: { onAccept: () => void; onCancel: () => void }) {
  return (
    <>
      <p className="text-soft">
        Purchases, asks, bids and exports are <strong className="text-text">public on the blockchain, for ever</strong>.
      </p>
      <ul className="mt-3 list-disc space-y-2 ps-5 text-sm text-soft marker:text-violet">
        <li>Everyone can see how much your wallet bought or sold, for which time, and at what price.</li>
        <li>A pattern of purchases and sales can reveal when somebody is at home.</li>
        <li>Nobody can delete it: not you, not your neighbours, not us.</li>
      </ul>
      <p className="mt-3 text-sm text-muted">
        Your name, address and consumption are not part of it. A wallet that is used for nothing else tells the least.
      </p>
      <div className="mt-5 flex flex-wrap gap-3">
        <Button look="primary" onClick={onAccept}>
          I understand, continue
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </>
  );
}
