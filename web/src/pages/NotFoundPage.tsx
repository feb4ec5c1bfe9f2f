import { Link } from "wouter";
import { Page } from "../ui/Page.tsx";
import { EmptyState } from "../ui/states.tsx";

export function NotFoundPage() {
  return (
    <Page title="Nothing here">
      <EmptyState title="This page does not exist">
        <Link href="/market" className="text-cyan underline underline-offset-2">
          Go to the market
        </Link>
      </EmptyState>
    </Page>
  );
}
