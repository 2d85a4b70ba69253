"""Figures and statistics of a network's inner life, made from an `Observation`.

Each statistic is a plain dataclass, and each figure is made from statistics. All but the dead units, which take the
whole split, are those of one mini-batch. Source of the choice of pictures: Karpathy, "Building makemore part 3" (2022).
"""

from tutor.lab.instruments.activations import (
    SATURATED,
    Activations,
    activation_histograms,
    activation_statistics,
    activation_table,
    saturated,
    saturated_share,
    saturation_map,
    saturation_mask,
)
from tutor.lab.instruments.batchnorm import (
    BatchNormUnits,
    batchnorm_histograms,
    batchnorm_mean_scatter,
    batchnorm_table,
    batchnorm_units,
    batchnorm_variance_scatter,
)
from tutor.lab.instruments.dead import (
    DeadLayer,
    DeadUnits,
    DeadUnitWatch,
    dead_unit_bars,
    dead_unit_slices,
    dead_units,
)
from tutor.lab.instruments.gradients import (
    Gradient,
    gradient_histograms,
    gradient_table,
    output_gradients,
    parameter_gradient_histograms,
    parameter_gradients,
)
from tutor.lab.instruments.logits import (
    LogitScale,
    logit_scale,
    logit_table,
)
from tutor.lab.instruments.losses import (
    loss_curve,
    race_curve,
)
from tutor.lab.instruments.ratios import (
    Ratios,
    WeightNorm,
    gradient_ratio_curve,
    log_ratio,
    parameter_ratios,
    ratio_table,
    update_ratio_curve,
    weight_norm_bars,
    weight_norms,
)
from tutor.lab.instruments.stepping import (
    Phases,
    phase_sentences,
    phase_tables,
    phases,
)
from tutor.lab.instruments.tensors import tensor_figures
from tutor.lab.instruments.values import (
    Summary,
    histogram,
    rounded_up,
    spread,
)

__all__ = [
    "SATURATED",
    "Activations",
    "BatchNormUnits",
    "DeadLayer",
    "DeadUnitWatch",
    "DeadUnits",
    "Gradient",
    "LogitScale",
    "Phases",
    "Ratios",
    "Summary",
    "WeightNorm",
    "activation_histograms",
    "activation_statistics",
    "activation_table",
    "batchnorm_histograms",
    "batchnorm_mean_scatter",
    "batchnorm_table",
    "batchnorm_units",
    "batchnorm_variance_scatter",
    "dead_unit_bars",
    "dead_unit_slices",
    "dead_units",
    "gradient_histograms",
    "gradient_ratio_curve",
    "gradient_table",
    "histogram",
    "log_ratio",
    "logit_scale",
    "logit_table",
    "loss_curve",
    "output_gradients",
    "parameter_gradient_histograms",
    "parameter_gradients",
    "parameter_ratios",
    "phase_sentences",
    "phase_tables",
    "phases",
    "race_curve",
    "ratio_table",
    "rounded_up",
    "saturated",
    "saturated_share",
    "saturation_map",
    "saturation_mask",
    "spread",
    "tensor_figures",
    "update_ratio_curve",
    "weight_norm_bars",
    "weight_norms",
]
