// RainbowKit, loaded when somebody wants to connect.
import "@rainbow-me/rainbowkit/styles.css";
import { i18n } from "@lingui/core";
import {
  type DisclaimerComponent,
  darkTheme,
  lightTheme,
  RainbowKitProvider,
  useConnectModal,
} from "@rainbow-me/rainbowkit";
import { memo, useEffect, useRef } from "react";
import { type Config, WagmiProvider } from "wagmi";
import { t } from "../i18n/t.ts";
import { shownTheme } from "../theme/theme.ts";

const SHAPE = { borderRadius: "large", fontStack: "system", overlayBlur: "small" } as const;
const DARK = darkTheme({ ...SHAPE, accentColor: "#34e5ff", accentColorForeground: "#04121a" });
DARK.colors.modalBackground = "#0d1424";
DARK.colors.modalBorder = "#22304d";
const LIGHT = lightTheme({ ...SHAPE, accentColor: "#00617a", accentColorForeground: "#ffffff" });

function Opener({ request }: { request: number }) {
  const { openConnectModal } = useConnectModal();
  const opened = useRef(0);
  useEffect(() => {
    // Once for each request; the function's identity changes in between.
    if (!openConnectModal || opened.current === request) return;
    opened.current = request;
    openConnectModal();
  }, [openConnectModal, request]);
  return null;
}

const Disclaimer: DisclaimerComponent = ({ Text }) => <Text>{t("app.wallet.list")}</Text>;

interface ConnectModalProps {
  /** Opens the list each time that it changes. */
  request: number;
  config: Config;
}

/**
 * RainbowKit's list of wallets. Only here the page needs wagmi's hooks. Rendered anew for a new request alone: wagmi's
 * provider, told not to reconnect, forgets the connected wallet each time that it is rendered.
 */
export default memo(function ConnectModal({ request, config }: ConnectModalProps) {
  return (
    <WagmiProvider config={config} reconnectOnMount={false}>
      <RainbowKitProvider
        theme={shownTheme() === "light" ? LIGHT : DARK}
        modalSize="compact"
        locale={i18n.locale === "hi" ? "hi" : "en"}
        initialChain={config.chains[0]}
        appInfo={{ appName: "GridX", disclaimer: Disclaimer }}
      >
        <Opener request={request} />
      </RainbowKitProvider>
    </WagmiProvider>
  );
});
