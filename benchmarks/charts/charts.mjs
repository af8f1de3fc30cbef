export function writeCharts() {
  return [];
}
