import { Button } from "../../ui/Button.tsx";

interface BuyButtonProps {
  /** Without a wallet there is nobody to buy. */
  hasWallet: boolean;
  /** Whether what is typed can be bought. */
  ready: boolean;
  buy: string;
  connect: string;
  onConnect: () => void;
}

/** Sends the form that it is in, or first asks for a wallet. */
export function BuyButton({ hasWallet, ready, buy, connect, onConnect }: BuyButtonProps) {
  return hasWallet ? (
    <Button type="submit" look="primary" className="mt-4 w-full" disabled={!ready}>
      {buy}
    </Button>
  ) : (
    <Button look="primary" className="mt-4 w-full" onClick={onConnect}>
      {connect}
    </Button>
  );
}
