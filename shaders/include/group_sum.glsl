// SPDX-License-Identifier: MIT
// Sum over a workgroup through shared memory: no subgroup feature needed, right for every subgroup size. kGroupSize is a
// power of two. Include behind index.glsl.
shared float sharedSums[kGroupSize];

/// Sum of `value` over all invocations of the workgroup, in a fixed order; all get it. All must call it.
float groupSum(float value) {
    barrier(); // the shared memory may still be read by an earlier call
    sharedSums[gl_LocalInvocationID.x] = value;
    barrier();
    for (uint reach = kGroupSize / 2; reach > 0; reach /= 2) {
        if (gl_LocalInvocationID.x < reach) {
            sharedSums[gl_LocalInvocationID.x] += sharedSums[gl_LocalInvocationID.x + reach];
        }
        barrier();
    }
    return sharedSums[0];
}
