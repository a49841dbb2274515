/** Customers by hour of day (Moscow time), as a share of the busiest hour: few at night, most in the evening. */
const BY_HOUR = [
  0.15, 0.08, 0.05, 0.05, 0.06, 0.1, 0.2, 0.35, 0.5, 0.6, 0.7, 0.75, 0.8, 0.75, 0.7, 0.7, 0.75, 0.8, 0.9, 1,
  1, 0.9, 0.6, 0.3,
] as const;

export function traffic(hourOfDay: number): number {
  return BY_HOUR[Math.floor(hourOfDay) % 24] ?? 0.5;
}
