/** A button, as it stands in a task. */
export interface WireButton {
  customId: string | null;
  emoji: string | null;
  label: string | null;
  type: number;
  style: number;
}
