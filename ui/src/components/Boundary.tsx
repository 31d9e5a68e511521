import { Component, type ReactNode } from "react";

/** Keeps a fault in one part of a screen from taking the rest with it. Who started the drawing hears of it as well. */
export class Boundary extends Component<
  { children: ReactNode; fallback: (retry: () => void) => ReactNode },
  { failed: boolean }
> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.fallback(() => this.setState({ failed: false })) : this.props.children;
  }
}
