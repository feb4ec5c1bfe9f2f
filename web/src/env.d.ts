/** Chain that this build is for (VITE_CHAIN_ID). A constant, so branches for other chains are left out. */
declare const __CHAIN_ID__: number;

interface ImportMetaEnv {
  readonly VITE_WALLETCONNECT_PROJECT_ID?: string;
}
