/**
 * What runs in the browser: takes over parts that the server sends anew, says when the line is down, draws charts.
 * Without it every page still works, it only does not move. A text and not a module, for it is part of the build.
 */
export const SCRIPT = String.raw`'use strict';
(() => {
  const body = document.body;
  const status = document.getElementById('live');
  const banner = document.getElementById('trouble');
  const say = (state) => {
    if (!status || status.dataset.state === state) return;
    status.dataset.state = state;
    status.textContent = status.dataset[state] || '';
    if (banner) {
      banner.hidden = state === 'live';
      banner.textContent = state === 'live' ? '' : status.dataset[state + 'Long'] || '';
    }
  };

  // What somebody is typing in is not taken from under their hands: it waits until they leave it.
  const pending = new Map();
  const isBusy = (part) => {
    const active = document.activeElement;
    return part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName);
  };
  const replace = (part, hash, markup) => {
    if (part.dataset.hash === hash) return;
    if (isBusy(part)) {
      pending.set(part.id, { hash, markup });
      return;
    }
    const active = document.activeElement;
    const focused = part.contains(active) ? active.id : '';
    const open = [...part.querySelectorAll('details[open][id]')].map((one) => one.id);
    part.innerHTML = markup;
    part.dataset.hash = hash;
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    if (focused) document.getElementById(focused)?.focus();
    drawCharts(part);
  };
  document.addEventListener('focusout', () => {
    setTimeout(() => {
      for (const [id, { hash, markup }] of pending) {
        const part = document.getElementById(id);
        pending.delete(id);
        if (part) replace(part, hash, markup);
      }
    });
  });

  if (body.dataset.live) {
    let source = null;
    const hangUp = () => {
      source?.close();
      source = null;
    };
    const listen = () => {
      if (source || document.hidden) return;
      source = new EventSource(body.dataset.live);
      source.addEventListener('part', (event) => {
        const { id, hash, html } = JSON.parse(event.data);
        const part = document.getElementById('part-' + id);
        if (part) replace(part, hash, html);
      });
      source.addEventListener('state', (event) => {
        const isUp = JSON.parse(event.data).database === 'up';
        say(isUp ? 'live' : 'database');
        // The page could not be made at all; now it can.
        if (isUp && !document.querySelector('[data-hash]')) location.reload();
      });
      source.onerror = ({ target }) => {
        say('away');
        // After an answer that is no stream the browser gives up; the server may only be starting.
        if (target.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
      };
    };
    listen();
    // A browser has six lines to a server, for all its tabs: one that nobody sees leaves its line to the others. Once
    // it is seen again the stream begins with the whole page.
    document.addEventListener('visibilitychange', () => (document.hidden ? hangUp() : listen()));
    addEventListener('pagehide', hangUp);
    addEventListener('pageshow', (event) => event.persisted && location.reload());
  }

  // Choices apply at once; without this the form has a button.
  document.addEventListener('change', (event) => {
    const form = event.target.closest('form[data-at-once]');
    if (form) form.requestSubmit();
  });
  document.addEventListener('submit', (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });
  // "/" leads to the search field, as on many pages.
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    const search = document.querySelector('input[type=search]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  function drawCharts(root) {
    if (typeof uPlot === 'undefined') return;
    for (const place of root.querySelectorAll('[data-chart]')) draw(place, JSON.parse(place.dataset.chart));
  }

  function draw(place, chart) {
    const style = getComputedStyle(body);
    const colour = (name) => style.getPropertyValue(name).trim();
    const time = new Intl.DateTimeFormat(chart.locale, { timeZone: chart.timeZone, ...(chart.isLong
      ? { day: '2-digit', month: '2-digit' } : { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }) });
    const whole = new Intl.NumberFormat(chart.locale);
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const marks = {
      hooks: {
        draw: (plot) => {
          const { ctx } = plot;
          ctx.save();
          ctx.strokeStyle = colour('--bad');
          ctx.fillStyle = colour('--bad');
          ctx.setLineDash([4, 4]);
          for (const at of chart.marks) {
            const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5;
            if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) continue;
            ctx.beginPath();
            ctx.moveTo(x, plot.bbox.top);
            ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
            ctx.stroke();
            ctx.beginPath();
            ctx.moveTo(x - 5, plot.bbox.top);
            ctx.lineTo(x + 5, plot.bbox.top);
            ctx.lineTo(x, plot.bbox.top + 8);
            ctx.fill();
          }
          ctx.restore();
        },
      },
    };
    const stepped = uPlot.paths.stepped({ align: 1 });
    const size = () => ({ width: Math.max(240, place.clientWidth), height: 260 });
    place.replaceChildren();
    const plot = new uPlot(
      {
        ...size(),
        plugins: [marks],
        scales: { x: { time: true }, y: { range: (_, least, most) => [0, Math.max(1, most * 1.08)] } },
        axes: [
          { ...axis, space: 90, values: (_, splits) => splits.map((at) => time.format(at * 1000)) },
          { ...axis, size: 64, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
            values: (_, splits) => splits.map((value) => whole.format(value)) },
        ],
        series: [
          { label: chart.labels.time, value: (_, at) => (at === null ? '' : time.format(at * 1000)) },
          { label: chart.labels.available, stroke: colour('--accent'), fill: colour('--accent-soft'), width: 2, paths: stepped, points: { show: false } },
          { label: chart.labels.reserved, stroke: colour('--soft'), dash: [6, 4], width: 1.5, paths: stepped, points: { show: false } },
        ],
      },
      chart.data,
      place,
    );
    new ResizeObserver(() => plot.setSize(size())).observe(place);
  }

  drawCharts(document);
})();
`;
