/** The rules of an emergency. */
export interface EmergencyOrder {
  /** What sellers receive per kWh at most. */
  priceCap: bigint;
  normalWhPerSlot: bigint;
  essentialWhPerSlot: bigint;
  hours: bigint;
  reason: string;
}
