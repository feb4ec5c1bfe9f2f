/** Keeps the page for when there is no network; begins when everything that is wanted first has been loaded. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = () => void navigator.serviceWorker.register("/sw.js").catch(console.warn);
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
