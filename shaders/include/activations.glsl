// SPDX-License-Identifier: MIT
// Activations by number, in the order of ops::Activation. Written so that large arguments give the right limit instead of
// infinity / infinity.
const uint kActivationNone = 0;
const uint kActivationRelu = 1;
const uint kActivationSilu = 2;
const uint kActivationGelu = 3;
const uint kActivationGeluTanh = 4;

/// Error function, absolute error below 1.5e-7. Source: Abramowitz & Stegun, 7.1.26.
float errorFunction(float x) {
    const float a = abs(x);
    const float t = 1.0 / (1.0 + 0.3275911 * a);
    const float polynomial =
        t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return sign(x) * (1.0 - polynomial * exp(-a * a));
}

float hyperbolicTangent(float x) {
    return 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
}

float activate(uint kind, float x) {
    switch (kind) {
    case kActivationRelu:
        return max(x, 0.0);
    case kActivationSilu:
        return x / (1.0 + exp(-x));
    case kActivationGelu:
        return 0.5 * x * (1.0 + errorFunction(x * 0.70710678118654752));
    case kActivationGeluTanh:
        return 0.5 * x * (1.0 + hyperbolicTangent(0.79788456080286536 * (x + 0.044715 * x * x * x)));
    default:
        return x;
    }
}
