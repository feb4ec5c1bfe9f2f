import { Component, type ReactNode } from "react";
import { t } from "../i18n/t.ts";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/states.tsx";

interface Props {
  /** Another page starts anew. */
  path: string;
  children: ReactNode;
}
interface State {
  failedAt: string | null;
}

/** A page whose code can't be loaded, or that breaks, takes neither the others nor a transaction under way with it. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { failedAt: null };

  static getDerivedStateFromError(): Partial<State> {
    return { failedAt: location.pathname };
  }

  override componentDidCatch(cause: unknown): void {
    reportError(cause);
  }

  override componentDidUpdate({ path }: Props): void {
    if (this.state.failedAt !== null && path !== this.props.path) this.setState({ failedAt: null });
  }

  override render(): ReactNode {
    if (this.state.failedAt === null) return this.props.children;
    return (
      <div role="alert">
        <EmptyState title={t("app.page.failed")}>
          <p>{t("app.page.failed.text")}</p>
          <Button className="mt-4" onClick={() => location.reload()}>
            {t("app.reload")}
          </Button>
        </EmptyState>
      </div>
    );
  }
}
