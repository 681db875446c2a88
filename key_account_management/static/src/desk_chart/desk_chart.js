import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

const colorScheme = cookie.get("color_scheme");
const GRID = getCustomColor(colorScheme, "#e7e9ed", "#3C3E4B");
const TEXT = getCustomColor(colorScheme, "#374151", "#E4E4E4");
const COLORS = {
    success: "#28a745",
    warning: "#e99d00",
    danger: "#d23f3a",
    info: "#017e84",
};

/** Bars of figures; a click on a bar opens the records behind it. */
export class DeskChart extends Component {
    static template = "key_account_management.DeskChart";
    static props = {
        chart: { type: Object },
        format: { type: Function },
        open: { type: Function },
        title: { type: String },
    };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvasRef.el, this.config);
                return () => chart.destroy();
            },
            () => [this.props.chart]
        );
    }

    get bars() {
        return this.props.chart.bars;
    }

    /** What the picture shows, for those who do not see it. */
    get label() {
        return this.bars.map((bar) => `${bar.label} ${this.props.format(bar)}`).join(", ");
    }

    get config() {
        const amounts = {
            beginAtZero: true,
            border: { display: false },
            grid: { color: GRID },
            ticks: {
                color: TEXT,
                maxTicksLimit: 4,
                precision: 0,
                callback: (value) =>
                    this.props.format({ ...this.bars[0], value }, true),
            },
        };
        const names = {
            border: { display: false },
            grid: { display: false },
            ticks: { color: TEXT },
        };
        const isHorizontal = this.props.chart.horizontal;
        return {
            type: "bar",
            data: {
                labels: this.bars.map((bar) => bar.label),
                datasets: [
                    ...this.props.chart.lines.map((line) => ({
                        type: "line",
                        label: line.label,
                        data: line.values,
                        borderColor: COLORS[line.tone],
                        backgroundColor: COLORS[line.tone],
                        borderWidth: 2,
                        pointRadius: 3,
                    })),
                    {
                        label: this.props.title,
                        data: this.bars.map((bar) => bar.value),
                        backgroundColor: this.bars.map((bar) => COLORS[bar.tone || "info"]),
                        borderRadius: 3,
                        maxBarThickness: 36,
                    },
                ],
            },
            options: {
                animation: false,
                indexAxis: isHorizontal ? "y" : "x",
                maintainAspectRatio: false,
                onClick: (event, elements) => this.onClick(elements),
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "";
                },
                plugins: {
                    legend: {
                        display: Boolean(this.props.chart.lines.length),
                        position: "bottom",
                        labels: { boxHeight: 2, boxWidth: 16, color: TEXT },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                this.props.format({
                                    ...this.bars[item.dataIndex],
                                    value: item.raw,
                                }),
                        },
                    },
                },
                scales: isHorizontal
                    ? { x: amounts, y: names }
                    : { x: names, y: amounts },
            },
        };
    }

    onClick(elements) {
        if (elements.length) {
            this.props.open(this.bars[elements[0].index].open);
        }
    }
}
