// Draws every [data-chart] from the JSON beside it; options are plain ECharts options made on the server.
// Loaded together with the library, and only by pages that have a chart: {% include "partials/chart_scripts.html" %}.
const PALETTE = ["#0c5c50", "#d08a1c", "#3d6fa8", "#a8443d", "#6a8f3c", "#7a5a96", "#4a9a92", "#8a7a52"];

function draw(box) {
  const options = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  const textStyle = { fontFamily: getComputedStyle(document.body).fontFamily, color: "#1c2726" };
  // HTML tooltips set inline styles, which the CSP refuses; rich text is drawn on the canvas.
  const tooltip = { renderMode: "richText", confine: true, ...options.tooltip };
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  chart.setOption({ color: PALETTE, textStyle, animation: !still, animationDuration: 300, ...options, tooltip });
  new ResizeObserver(() => chart.resize()).observe(box);
  box.dataset.drawn = "yes";
}

const drawAll = (root) => root.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);

drawAll(document);
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
