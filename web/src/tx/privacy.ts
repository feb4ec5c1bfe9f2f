// Whether this browser was told what becomes public.

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
