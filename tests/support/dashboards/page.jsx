// Draws a dashboard by Grafana's own components. The page defines PAGE: the dashboard, the answers
// of Prometheus to each target (answers[panel id][refId]), from and to in ms, and the width. When
// all is drawn it logs "drawn: N panels".
import React from 'react';
import { createRoot } from 'react-dom/client';
import { firstValueFrom } from 'rxjs';
import {
  applyFieldOverrides, cacheFieldDisplayNames, createTheme, dateTime, displayNameOverrideProcessor,
  FieldConfigOptionsRegistry, FieldType, getDisplayValueAlignmentFactors, getFieldDisplayValues,
  identityOverrideProcessor, renderMarkdown, standardTransformers, standardTransformersRegistry,
  ThemeContext, toDataFrame, transformDataFrame, VizOrientation,
} from '@grafana/data';
import {
  BarGauge, BigValue, Gauge, PanelChrome, TimeSeries, VizRepeater,
} from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import 'uplot/dist/uPlot.min.css';

const { dashboard, answers, from, to, width } = window.PAGE;
const theme = createTheme({ colors: { mode: 'light' } });
const unit = width / 24;  // of gridPos
const row = 38;
const gap = 8;
const asTime = { from: dateTime(from), to: dateTime(to) };
const timeRange = { ...asTime, raw: asTime };

// ---- From Prometheus' answers to frames, as Grafana's data source makes them --------------------

const number = (text) => (text === 'NaN' ? null : Number(text));

function legend(format, labels) {
  if (!format) return undefined;
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
}

function tableOf(target, result, alone) {
  const names = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))];
  const value = alone ? 'Value' : `Value #${target.refId}`;
  return toDataFrame({ refId: target.refId, fields: [
    { name: 'Time', type: FieldType.time, values: result.map((one) => one.value[0] * 1000) },
    ...names.map((name) => (
      { name, type: FieldType.string, values: result.map(({ metric }) => metric[name] ?? '') })),
    { name: value, type: FieldType.number, values: result.map((one) => number(one.value[1])) },
  ] });
}

// The distance of samples in ms: where they are farther apart, a line has a gap.
function intervalOf(result) {
  const apart = result.flatMap(({ values = [] }) =>
    values.slice(1).map(([at], i) => (at - values[i][0]) * 1000));
  return apart.length ? Math.min(...apart) : undefined;
}

function seriesOf(target, { metric, values, value }, interval) {
  const samples = values ?? [value];
  const { __name__, ...labels } = metric;
  const config = { displayNameFromDS: legend(target.legendFormat, labels) };
  return toDataFrame({ refId: target.refId, fields: [
    { name: 'Time', type: FieldType.time, config: { interval },
      values: samples.map(([at]) => at * 1000) },
    { name: 'Value', type: FieldType.number, labels, config,
      values: samples.map(([, text]) => number(text)) },
  ] });
}

function framesOf(panel) {
  const { targets = [] } = panel;
  return targets.flatMap((target) => {
    const result = answers[panel.id][target.refId];
    if (target.format !== 'table') {
      return result.map((one) => seriesOf(target, one, intervalOf(result)));
    }
    return result.length ? [tableOf(target, result, targets.length === 1)] : [];
  });
}

// ---- Field configuration: what Grafana's core registers for every panel -------------------------

function registered(id, isCustom) {
  const path = isCustom ? id.slice('custom.'.length) : id;
  const process = id === 'displayName' ? displayNameOverrideProcessor : identityOverrideProcessor;
  return { id, path, name: id, isCustom, process, override: process, editor: () => null,
    shouldApply: () => true };
}
const standard = ['color', 'decimals', 'displayName', 'links', 'mappings', 'max', 'min', 'noValue',
  'thresholds', 'unit'];
const custom = ['align', 'axisSoftMax', 'axisSoftMin', 'cellOptions', 'drawStyle', 'fillOpacity',
  'filterable', 'lineInterpolation', 'lineWidth', 'pointSize', 'showPoints', 'spanNulls',
  'stacking', 'width'];
const registry = new FieldConfigOptionsRegistry(() => [
  ...standard.map((id) => registered(id, false)),
  ...custom.map((name) => registered(`custom.${name}`, true)),
]);
const customDefaults = {
  timeseries: { axisPlacement: 'auto', axisColorMode: 'text', axisBorderShow: false,
    barAlignment: 0, barWidthFactor: 0.6, gradientMode: 'none', pointSize: 4, lineWidth: 1,
    hideFrom: { legend: false, tooltip: false, viz: false }, insertNulls: false,
    scaleDistribution: { type: 'linear' }, stacking: { group: 'A', mode: 'none' },
    thresholdsStyle: { mode: 'off' } },
  table: { cellOptions: { type: 'auto' }, inspect: false },
};

async function dataOf(panel) {
  let data = framesOf(panel);
  if (panel.transformations) {
    data = await firstValueFrom(transformDataFrame(panel.transformations, data));
  }
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const fieldConfig = { overrides, defaults: { ...defaults,
    color: defaults.color ??
      { mode: panel.type === 'timeseries' ? 'palette-classic' : 'thresholds' },
    custom: { ...customDefaults[panel.type], ...defaults.custom } } };
  data = applyFieldOverrides({ data, fieldConfig, fieldConfigRegistry: registry, theme,
    timeZone: 'utc', replaceVariables: (text) => text });
  cacheFieldDisplayNames(data);
  return data;
}

// ---- Panels -------------------------------------------------------------------------------------

function Repeated({ panel, data, width, height, orientation, maxVizHeight, children }) {
  const { reduceOptions } = panel.options;
  const values = () => {
    const found = getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions, theme,
      data, timeZone: 'utc', replaceVariables: (text) => text });
    if (data.length) return found;
    const text = panel.fieldConfig.defaults.noValue ?? 'No data';
    const [first] = panel.fieldConfig.defaults.thresholds.steps;
    const color = theme.visualization.getColorByName(first.color);
    return [{ field: {}, display: { text, numeric: NaN, color } }];
  };
  return <VizRepeater getValues={values} source={data} renderCounter={0} width={width}
    height={height} orientation={orientation} itemSpacing={8} minVizHeight={16} minVizWidth={8}
    maxVizHeight={maxVizHeight}
    getAlignmentFactors={(all) => getDisplayValueAlignmentFactors(all)}
    renderValue={(props) => children(props)} />;
}

function Stat({ panel, data, width, height }) {
  const { options } = panel;
  return <Repeated panel={panel} data={data} width={width} height={height}
    orientation={VizOrientation.Vertical}>
    {({ value, width: w, height: h, count }) => <BigValue theme={theme} width={w} height={h}
      value={count > 1 || options.textMode === 'name' ? value.display :
        { ...value.display, title: undefined }}
      colorMode={options.colorMode} graphMode={options.graphMode} wideLayout={options.wideLayout}
      textMode={data.length ? options.textMode : 'value'} justifyMode={options.justifyMode}
      count={count} />}
  </Repeated>;
}

function Bars({ panel, data, width, height }) {
  const { displayMode, maxVizHeight, namePlacement, showUnfilled, valueMode } = panel.options;
  return <Repeated panel={panel} data={data} width={width} height={height}
    orientation={VizOrientation.Horizontal} maxVizHeight={maxVizHeight}>
    {({ value, width: w, height: h, alignmentFactors }) => <BarGauge theme={theme} width={w}
      height={h} value={value.display} field={value.field} alignmentFactors={alignmentFactors}
      display={value.view?.getFieldDisplayProcessor(value.colIndex)} isOverflow={false}
      orientation={VizOrientation.Horizontal} displayMode={displayMode} itemSpacing={8}
      showUnfilled={showUnfilled} valueDisplayMode={valueMode} lcdCellWidth={8}
      namePlacement={namePlacement} />}
  </Repeated>;
}

function Dial({ panel, data, width, height }) {
  return <Repeated panel={panel} data={data} width={width} height={height}
    orientation={VizOrientation.Vertical}>
    {({ value, width: w, height: h }) => <Gauge theme={theme} width={w} height={h}
      value={value.display} field={value.field} showThresholdMarkers />}
  </Repeated>;
}

function Empty({ panel }) {
  const text = panel.fieldConfig.defaults.noValue ?? 'No data';
  return <div style={{ padding: 16, color: theme.colors.text.secondary }}>{text}</div>;
}

function Rows({ panel, data, width, height }) {
  const { sortBy, cellHeight, showHeader } = panel.options;
  return <TableNG data={data[0]} width={width} height={height} initialSortBy={sortBy}
    cellHeight={cellHeight} noHeader={!showHeader} fieldConfig={panel.fieldConfig} />;
}

function Lines({ panel, data, width, height }) {
  return <TimeSeries frames={data} timeRange={timeRange} timeZone="utc" width={width}
    height={height} legend={panel.options.legend} />;
}

const bodies = { bargauge: Bars, gauge: Dial, stat: Stat, table: Rows, timeseries: Lines };

function Body({ panel, data, width, height }) {
  if (panel.type === 'text') {
    return <div style={{ padding: '4px 8px' }}
      dangerouslySetInnerHTML={{ __html: renderMarkdown(panel.options.content) }} />;
  }
  if (!data.length && ['table', 'timeseries', 'bargauge'].includes(panel.type)) {
    return <Empty panel={panel} />;
  }
  const Panel = bodies[panel.type];
  return <Panel panel={panel} data={data} width={width} height={height} />;
}

function Framed({ panel, data }) {
  const { x, y, w, h } = panel.gridPos;
  const place = { position: 'absolute', left: x * unit + gap / 2, top: y * row + 48,
    width: Math.floor(w * unit) - gap, height: h * row - gap };
  return <div style={place}>
    <PanelChrome title={panel.title} description={panel.description} width={place.width}
      height={place.height}>
      {(width, height) => <Body panel={panel} data={data} width={width} height={height} />}
    </PanelChrome>
  </div>;
}

async function draw() {
  const { mergeTransformer, organizeFieldsTransformer } = standardTransformers;
  standardTransformersRegistry.setInit(() => [mergeTransformer, organizeFieldsTransformer].map(
    (transformation) => ({ id: transformation.id, name: transformation.name, transformation,
      editor: () => null })));
  const { panels } = dashboard;
  const data = await Promise.all(panels.map(dataOf));
  const { background, text } = theme.colors;
  const whole = { position: 'relative', width, height: window.PAGE.height,
    background: background.canvas, color: text.primary,
    fontFamily: theme.typography.fontFamily, fontSize: theme.typography.fontSize };
  createRoot(document.getElementById('root')).render(
    <ThemeContext.Provider value={theme}>
      <div style={whole}>
        <div style={{ padding: '14px 12px', fontSize: 18 }}>{dashboard.title}</div>
        {panels.map((panel, i) => <Framed key={panel.id} panel={panel} data={data[i]} />)}
      </div>
    </ThemeContext.Provider>);
  setTimeout(() => console.log(`drawn: ${panels.length} panels`), 1000);
}
draw().catch((error) => console.error(`failed: ${error.stack}`));
