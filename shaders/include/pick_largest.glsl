// SPDX-License-Identifier: MIT
// The largest of the candidates of a workgroup; of equal ones that with the smallest number. Include behind group_sum.glsl.
const float kNothing = -3.4e38; // no logit: smaller ones, infinities and NaN do not take part
shared float bestValues[kGroupSize];
shared uint bestIds[kGroupSize];

/// All must call it; all get the winner.
void pickLargest(inout float value, inout uint id) {
    const uint lane = gl_LocalInvocationID.x;
    bestValues[lane] = value;
    bestIds[lane] = id;
    barrier();
    for (uint reach = kGroupSize / 2; reach > 0; reach /= 2) {
        if (lane < reach) {
            const float other = bestValues[lane + reach];
            const uint otherId = bestIds[lane + reach];
            if (other > bestValues[lane] || (other == bestValues[lane] && otherId < bestIds[lane])) {
                bestValues[lane] = other;
                bestIds[lane] = otherId;
            }
        }
        barrier();
    }
    value = bestValues[0];
    id = bestIds[0];
}
