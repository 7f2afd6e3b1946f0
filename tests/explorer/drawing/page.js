// The page of one schedule: what C++ has written into #data, as a timeline and a table that move together.
'use strict';
(() => {
  const {recording, axis, stretches} = JSON.parse(document.getElementById('data').textContent);
  const steps = recording.steps;
  const byId = (id) => document.getElementById(id);
  const laneName = (lane) => visible(recording.lanes[lane] ?? `lane ${lane}`);
  const number = (place) => place < recording.left_out_at ? place : place + recording.left_out;
  const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

  // Control characters, and those that turn the direction of the text, are written out.
  function visible(text) {
    return text.replace(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
        (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
  }
  // All text goes through here, and none of it is ever parsed as HTML.
  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }
  function draw(tag, attributes, text) {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function timeText(ns) {
    const [size, unit] = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']].find(([size]) => ns >= size) ?? [1e6, 'ms'];
    return `${Number((ns / size).toPrecision(12))} ${unit}`;
  }
  const pointText = (point) => axis.counts_steps ? `step ${point}` : timeText(point);
  const lengthText = (length) => !axis.counts_steps ? timeText(length) : length === 1 ? '1 step' : `${length} steps`;
  // A step fills its place of a scale that counts steps; in time it is a point.
  const pointOf = (place) => axis.steps[place] + (axis.counts_steps ? 0.5 : 0);

  let now = steps.length === 0 ? -1 : recording.broken_at.at(-1) ?? stretches.at(-1)[0] + stretches.at(-1)[1] - 1;
  let view = {from: 0, to: Math.max(axis.end, 1)};

  // ---- The timeline ----
  const ROW = 30, BAR = 16, TOP = 30, RIGHT = 36;
  const drawing = byId('drawing');
  const label = clamp(Math.max(0, ...recording.lanes.map((name) => name.length),
                               ...recording.series.map((series) => series.name.length)) * 7 + 20, 70, 200);
  const laneTop = (row) => TOP + row * ROW;
  const bottom = laneTop(recording.lanes.length + recording.series.length);
  const width = () => Math.max(drawing.clientWidth - label - RIGHT, 50);
  const x = (point) => label + (point - view.from) / (view.to - view.from) * width();
  const pointAt = (pixels) => view.from + (pixels - label) / width() * (view.to - view.from);

  function spanTip(span) {
    const state = {running: axis.counts_steps ? 'runs' : 'runs or sleeps', waiting: 'waits', ready: 'could run'}[span.state];
    return `${laneName(span.lane)} ${state}${span.what ? ': ' + visible(span.what) : ''}\n` +
        `${pointText(span.begin)} to ${pointText(span.end)} (${lengthText(span.end - span.begin)})`;
  }
  function stepTip(place) {
    const step = steps[place];
    return [`Step ${number(place)}: ${laneName(step.lane)}`, `${visible(step.place)}  ${visible(step.source.trim())}`,
            visible(step.operation), ...step.wakes.map((lane) => `wakes ${laneName(lane)}`)].filter((line) => line.trim()).join('\n');
  }

  function drawScale(parts) {
    const room = (view.to - view.from) / Math.max(width() / 90, 1);
    let distance = 10 ** Math.ceil(Math.log10(room));
    for (const part of [5, 2]) if (distance / part >= room) { distance /= part; break; }
    distance = Math.max(distance, 1);
    for (let point = Math.ceil(view.from / distance) * distance; point <= view.to; point += distance) {
      if (axis.counts_steps && point >= axis.end) break;
      const at = axis.counts_steps ? x(point + 0.5) : x(point);
      if (at > label + width() + 1) break;
      parts.push(draw('line', {class: 'grid', x1: at, x2: at, y1: TOP - 6, y2: bottom}),
                 draw('text', {class: 'soft', x: at, y: TOP - 12, 'text-anchor': at < label + 20 ? 'start' : 'middle'},
                      axis.counts_steps ? point : timeText(point)));
    }
  }

  function drawSpans(parts) {
    const drawnTo = new Map();  // up to which pixel spans of a lane are drawn: more of them cannot be told apart
    for (const span of recording.spans) {
      if (span.state === 'finished' || span.end < view.from || span.begin > view.to) continue;
      const left = Math.max(x(span.begin), label - 5), right = Math.min(x(span.end), label + width() + 5);
      if (right < (drawnTo.get(span.lane) ?? -1) + 0.5) continue;
      drawnTo.set(span.lane, right);
      const size = Math.max(right - left, 2), top = laneTop(span.lane) + (ROW - BAR) / 2;
      parts.push(draw('rect', {class: span.state, x: left, y: top, width: size, height: BAR, 'data-tip': spanTip(span)}));
      if (span.state === 'ready') {
        parts.push(draw('line', {class: 'ready-line', x1: left, x2: right, y1: top + BAR / 2, y2: top + BAR / 2}));
      }
      const text = visible(span.what), room = text.length * 7 + 14;
      if (!text || room > size) continue;
      if (span.state === 'waiting') {
        parts.push(draw('rect', {class: 'box', x: left + 1, y: top + 1, width: room, height: BAR - 2}));
      }
      parts.push(draw('text', {class: span.state === 'running' ? 'on-run' : '', x: left + 12, y: top + BAR - 4}, text));
    }
  }

  function drawSeries(parts) {
    recording.series.forEach((series, i) => {
      const top = laneTop(recording.lanes.length + i) + (ROW - BAR) / 2;
      series.values.forEach(([begin, value], at) => {
        const end = series.values[at + 1]?.[0] ?? Math.max(axis.end, begin);
        if (end < view.from || begin > view.to || (end === begin && at + 1 < series.values.length)) return;
        const left = Math.max(x(begin), label - 5), right = Math.min(x(end), label + width() + 5);
        parts.push(draw('rect', {class: 'value', x: left, y: top, width: Math.max(right - left, 1), height: BAR,
                                 'data-tip': `${visible(series.name)} is ${value}\nfrom ${pointText(begin)}`}));
        if (right - left > String(value).length * 7 + 6 || end === begin) {
          parts.push(draw('text', {x: left + 4, y: top + BAR - 4, style: 'pointer-events:none'}, value));
        }
      });
    });
  }

  function drawSteps(parts) {
    const lastAt = new Map();  // where the last dot of a lane is
    steps.forEach((step, place) => {
      const at = x(pointOf(place)), isNow = place === now;
      if (at < label - 1 || at > label + width() + 1) return;
      if (recording.broken_at.includes(place)) {
        parts.push(draw('line', {class: 'broke', x1: at, x2: at, y1: TOP - 6, y2: bottom + 4}),
                   draw('text', {class: 'broke-head', x: at, y: bottom + 16, 'text-anchor': 'middle',
                                 'data-tip': `What broke:\n${visible(recording.finding)}`}, '▲'));
      }
      if (isNow) {
        parts.push(draw('line', {class: 'marker', x1: at, x2: at, y1: TOP - 6, y2: bottom}),
                   draw('path', {class: 'marker-head', d: `M${at - 6} ${TOP - 10}h12l-6 8z`}));
      }
      for (const lane of step.wakes) {
        const down = lane > step.lane ? 1 : -1, end = laneTop(lane) + ROW / 2 - down * 7;
        parts.push(draw('path', {class: 'wakes', d: `M${at} ${laneTop(step.lane) + ROW / 2}V${end}m-4 ${-down * 5}l4 ${down * 5}l4 ${-down * 5}`}));
      }
      if (!isNow && at - (lastAt.get(step.lane) ?? -99) < 10) return;
      lastAt.set(step.lane, at);
      parts.push(draw('circle', {class: isNow ? 'dot now' : 'dot', cx: at, cy: laneTop(step.lane) + ROW / 2, r: 3.5,
                                 'data-step': place, 'data-tip': stepTip(place)}));
    });
  }

  function render() {
    drawing.setAttribute('height', bottom + 22);
    const hatch = draw('pattern', {id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse',
                                   patternTransform: 'rotate(45)'});
    hatch.append(draw('line', {class: 'hatch', x1: 0, x2: 0, y1: 0, y2: 6}));
    const clip = draw('clipPath', {id: 'clip'});
    clip.append(draw('rect', {x: label - 8, y: 0, width: width() + RIGHT + 8, height: bottom + 22}));
    const defs = draw('defs', {}), area = draw('g', {'clip-path': 'url(#clip)'}), parts = [];
    defs.append(hatch, clip);
    drawScale(parts);
    drawSpans(parts);
    drawSeries(parts);
    drawSteps(parts);
    area.append(...parts);
    const names = [...recording.lanes.keys()].map(laneName).concat(recording.series.map((series) => visible(series.name)));
    const most = Math.floor((label - 16) / 7);
    drawing.replaceChildren(defs, area, ...names.map((name, row) => draw(
        'text', {x: 8, y: laneTop(row) + ROW / 2 + 4, 'data-tip': name},
        name.length > most ? name.slice(0, most - 1) + '…' : name)));
  }

  function show(from, to) {
    const all = Math.max(axis.end, 1), least = Math.min(axis.counts_steps ? 2 : 10, all);
    const length = clamp(to - from, least, all);
    from = clamp(from, 0, all - length);
    view = {from, to: from + length};
    drawing.dataset.from = view.from;
    drawing.dataset.to = view.to;
    render();
  }
  function zoom(factor, around = now >= 0 ? pointOf(now) : axis.end / 2) {
    if (around < view.from || around > view.to) around = (view.from + view.to) / 2;
    show(around - (around - view.from) / factor, around + (view.to - around) / factor);
  }
  const pan = (share) => show(view.from + share * (view.to - view.from), view.to + share * (view.to - view.from));

  // ---- The table ----
  const rows = byId('rows'), table = rows.querySelector('table'), rowOf = [];
  const active = [...new Set(steps.map((step) => step.lane))].sort((a, b) => a - b);
  const isList = active.length > 6, hasTimes = recording.in_virtual_time && steps.some((step) => step.time > 0);
  const columns = isList ? 2 : Math.max(active.length, 1);
  const columnOf = (lane) => isList ? 1 : active.indexOf(lane);

  // A text begins in its column, and runs over those to the right of it, which are empty.
  function cells(row, column, content, who = '') {
    for (let i = 0; i < column; ++i) row.append(make('td', {}, isList ? who : ''));
    row.append(make('td', {colspan: columns - column}, ...content));
    return row;
  }
  function stepRow(place) {
    const step = steps[place], next = steps[place + 1], about = recording.broken_at.includes(place);
    const row = make('tr', {class: about ? 'step about' : 'step', 'data-step': place});
    row.append(make('td', {class: 'number'}, about ? '! ' : '', String(number(place))));
    if (hasTimes) row.append(make('td', {class: 'time'}, steps[place - 1]?.time === step.time ? '' : timeText(step.time)));
    const content = [];
    if (step.place || step.source) {
      content.push(make('div', {class: 'code'}, make('span', {class: 'place'}, visible(step.place)), '  ',
                        make('code', {}, visible(step.source.trim()))));
    }
    content.push(make('div', {class: 'operation'}, visible(step.operation)));
    if (recording.in_virtual_time && step.values.length > 0) {
      content.push(make('div', {class: 'code'}, step.values.map(([name, value]) => `${visible(name)} = ${visible(value)}`).join(', ')));
    }
    const gap = recording.left_out > 0 && place + 1 === recording.left_out_at;
    if (next?.switched && !gap && !step.operation.startsWith(next.switched)) content.push(make('div', {class: 'note'}, `↷ ${visible(next.switched)}`));
    rowOf[place] = row;
    return cells(row, columnOf(step.lane), content, laneName(step.lane));
  }
  const across = (kind, ...content) => {
    const row = make('tr', {class: kind}, make('td', {class: 'number'}), ...(hasTimes ? [make('td')] : []));
    row.append(make('td', {colspan: columns}, ...content));
    return row;
  };
  function foldRow(stretch, hidden) {
    const [, count, more] = stretch;
    const text = `${count === 1 ? 'this step' : `these ${count} steps`} ${more} more time${more === 1 ? '' : 's'}`;
    const button = make('button', {type: 'button', 'aria-expanded': 'false'}, `▸ ${text}`);
    button.addEventListener('click', () => {
      hidden.hidden = !hidden.hidden;
      button.setAttribute('aria-expanded', String(!hidden.hidden));
      button.textContent = `${hidden.hidden ? '▸' : '▾'} ${text}`;
    });
    hidden.unfold = () => hidden.hidden && button.click();
    return across('fold', button);
  }

  function buildTable() {
    const head = make('tr', {}, make('th', {class: 'number', scope: 'col'}, 'step'));
    if (hasTimes) head.append(make('th', {class: 'time', scope: 'col'}, 'time'));
    const names = isList ? ['who', 'what'] : active.map(laneName);
    head.append(...names.map((name) => make('th', {scope: 'col', title: name}, name)));
    const lanes = [...head.children].slice(-columns);  // the texts of the last one have no other column to run over
    lanes.slice(0, -1).forEach((cell) => { cell.style.width = isList ? '22%' : `${(hasTimes ? 36 : 45) / (columns - 1)}%`; });
    table.querySelector('thead').append(head);
    let body = make('tbody');
    const finish = () => { table.append(body); body = make('tbody'); };
    const gapBefore = (place) => {
      if (recording.left_out === 0 || place !== recording.left_out_at) return;
      body.append(across('gap', `… ${recording.left_out} steps are left out …`));
    };
    for (const stretch of stretches) {
      const [first, count, more] = stretch;
      gapBefore(first);
      for (let place = first; place < first + count; ++place) body.append(stepRow(place));
      if (more === 0) continue;
      const hidden = make('tbody', {hidden: ''});
      for (let place = first + count; place < first + count * (more + 1); ++place) hidden.append(stepRow(place));
      body.append(foldRow(stretch, hidden));
      finish();
      table.append(hidden);
    }
    gapBefore(steps.length);
    if (steps.length === 0) body.append(across('gap', 'no steps'));
    if (recording.finding) {
      const text = make('div', {}, `✗ ${visible(recording.finding)}`), broken = steps[recording.broken_at.at(-1)];
      const row = make('tr', {class: 'finding-row'}, make('td', {class: 'number'}), ...(hasTimes ? [make('td')] : []));
      body.append(broken ? cells(row, columnOf(broken.lane), [text], laneName(broken.lane)) : across('finding-row', text));
    }
    finish();
  }

  // ---- The moment ----
  function describe() {
    const step = steps[now];
    byId('now').textContent = `Step ${number(now)} of ${number(steps.length - 1)}: ${laneName(step.lane)}` +
        (recording.in_virtual_time ? `, at ${timeText(step.time)}` : '');
    byId('what').replaceChildren(
        ...(step.switched && now > 0 ? [make('div', {class: 'operation'}, `after ${laneName(steps[now - 1].lane)}: ${visible(step.switched)}`)] : []),
        make('div', {class: 'code'}, visible(step.place)), make('code', {}, visible(step.source.trim())),
        make('div', {class: 'operation'}, visible(step.operation)));
    const values = new Map(), what = recording.lanes.map(() => 'has not run yet');
    for (let place = 0; place <= now; ++place) {
      for (const [name, value] of steps[place].values) values.set(name, [value, place]);
      const {lane, operation, switched} = steps[place], before = steps[place - 1];
      if (before && switched) what[before.lane] = visible(before.operation.startsWith(switched) ? before.operation : switched);
      what[lane] = place < now ? `ran last in step ${number(place)}` : operation.startsWith('waits') ? visible(operation) : 'runs';
    }
    byId('values').replaceChildren(...[...values].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([name, [value, place]]) => [
      make('dt', {class: 'code'}, visible(name)),
      make('dd', {class: place === now ? 'code new' : 'code'}, visible(value), ' ',
           make('span', {class: 'from'}, place === now ? '(new)' : `(${laneName(steps[place].lane)}, step ${number(place)})`)),
    ]));
    if (values.size === 0) byId('values').append(make('dt', {class: 'from'}, 'none yet'));
    byId('who').replaceChildren(...what.flatMap((text, lane) => [make('dt', {}, laneName(lane)), make('dd', {}, text)]));
  }

  function select(place, scroll = true) {
    if (steps.length === 0) return render();
    rowOf[now]?.classList.remove('now');
    rowOf[now]?.removeAttribute('aria-current');
    now = clamp(place, 0, steps.length - 1);
    const row = rowOf[now];
    row.parentNode.unfold?.();
    row.classList.add('now');
    row.setAttribute('aria-current', 'step');
    byId('slider').value = now;
    byId('slider').setAttribute('aria-valuetext', `step ${number(now)}`);
    describe();
    const point = pointOf(now), half = (view.to - view.from) / 2;
    if (point < view.from || point > view.to) show(point - half, point + half); else render();
    if (scroll) {
      const head = table.querySelector('th').offsetHeight;
      const end = now === recording.broken_at.at(-1) ? rows.scrollHeight : row.offsetTop + row.offsetHeight;
      rows.scrollTop = clamp(rows.scrollTop, end - rows.clientHeight, row.offsetTop - head);
      const lanes = byId('lanes'), top = laneTop(steps[now].lane);
      lanes.scrollTop = clamp(lanes.scrollTop, top + 2 * ROW - lanes.clientHeight, top - TOP);
    }
  }

  // ---- What the reader does ----
  function listen() {
    const click = (id, action) => byId(id).addEventListener('click', action);
    click('zoom-in', () => zoom(1.5));
    click('zoom-out', () => zoom(1 / 1.5));
    click('zoom-fit', () => show(0, axis.end));
    click('first', () => select(0));
    click('previous', () => select(now - 1));
    click('next', () => select(now + 1));
    click('last', () => select(steps.length - 1));
    byId('slider').addEventListener('input', (event) => select(Number(event.target.value)));
    rows.addEventListener('click', (event) => {
      const row = event.target.closest('tr.step');
      if (row) select(Number(row.dataset.step), false);
    });
    const keys = {ArrowRight: () => select(now + 1), ArrowDown: () => select(now + 1), ArrowLeft: () => select(now - 1),
                  ArrowUp: () => select(now - 1), Home: () => select(0), End: () => select(steps.length - 1),
                  '+': () => zoom(1.5), '=': () => zoom(1.5), '-': () => zoom(1 / 1.5), 0: () => show(0, axis.end)};
    const shifted = {ArrowRight: () => pan(0.2), ArrowLeft: () => pan(-0.2)};
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const action = (event.shiftKey && shifted[event.key]) || keys[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
    drawing.addEventListener('wheel', (event) => {
      event.preventDefault();
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return pan((event.deltaX || event.deltaY) / 800);
      zoom(Math.exp(-event.deltaY / 400), pointAt(event.clientX - drawing.getBoundingClientRect().left));
    }, {passive: false});
    let grip = null;  // where the pointer went down, and what was shown then
    drawing.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      grip = {x: event.clientX, view, moved: false, target: event.target};
      drawing.setPointerCapture(event.pointerId);
    });
    drawing.addEventListener('pointermove', (event) => {
      if (!grip) return;
      const moved = event.clientX - grip.x;
      grip.moved ||= Math.abs(moved) > 4;
      const shift = moved / width() * (grip.view.to - grip.view.from);
      if (grip.moved) show(grip.view.from - shift, grip.view.to - shift);
    });
    drawing.addEventListener('pointerup', (event) => {
      if (grip && !grip.moved && steps.length > 0) {
        const point = pointAt(event.clientX - drawing.getBoundingClientRect().left);
        const nearest = (best, _, place) => Math.abs(pointOf(place) - point) < Math.abs(pointOf(best) - point) ? place : best;
        select(Number(grip.target.dataset.step ?? steps.reduce(nearest, 0)));
      }
      grip = null;
    });
    const tip = byId('tip');
    drawing.addEventListener('pointerover', (event) => {
      tip.hidden = !event.target.dataset.tip;
      tip.textContent = event.target.dataset.tip ?? '';
    });
    drawing.addEventListener('pointerleave', () => { tip.hidden = true; });
    drawing.addEventListener('pointermove', (event) => {
      tip.style.left = `${clamp(event.clientX + 14, 0, innerWidth - tip.offsetWidth - 4)}px`;
      tip.style.top = `${event.clientY + 18 + tip.offsetHeight < innerHeight ? event.clientY + 18 : event.clientY - tip.offsetHeight - 8}px`;
    });
    new ResizeObserver(render).observe(byId('lanes'));
  }

  function start() {
    byId('test').textContent = visible(recording.test) || 'A schedule';
    if (recording.token) byId('schedule').append('Schedule ', make('code', {}, visible(recording.token)));
    byId('finding').hidden = !recording.finding;
    byId('finding').append(make('b', {}, '✗ What broke: '), visible(recording.finding));
    byId('scale-note').textContent = !axis.counts_steps ? '' : recording.in_virtual_time ?
        'All of this happens at 0 ms, so that the scale counts steps.' : 'The scale counts steps.';
    const states = new Set(recording.spans.filter((span) => span.begin < span.end).map((span) => span.state));
    for (const [state, text] of [['running', axis.counts_steps ? 'runs' : 'runs or sleeps'], ['waiting', 'waits'], ['ready', 'could run']]) {
      if (!states.has(state)) continue;
      const key = draw('svg', {});
      key.append(draw('rect', {class: state, width: 22, height: 12}));
      if (state === 'ready') key.append(draw('line', {class: 'ready-line', x1: 0, x2: 22, y1: 6, y2: 6}));
      byId('legend').append(make('span', {}, key, text));
    }
    drawing.setAttribute('aria-label', `Timeline of ${recording.lanes.length} lanes, from ${pointText(0)} to ` +
        `${pointText(axis.end)}. The table has the same steps.`);
    byId('slider').max = Math.max(steps.length - 1, 0);
    byId('main').hidden = false;
    buildTable();
    listen();
    select(now);
  }
  start();
})();
