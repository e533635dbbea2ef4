// SPDX-License-Identifier: MIT
// Workgroup size and numbering. The size is specialization constant 0; groups that do not fit the x axis of a dispatch
// (65535) are folded into y, see foldedGroups() on the host.
layout(local_size_x_id = 0) in;
layout(constant_id = 0) const uint kGroupSize = 128;

/// Number of this workgroup, x and y unfolded.
uint groupIndex() {
    return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}

/// Number of this invocation over all workgroups.
uint invocationIndex() {
    return groupIndex() * kGroupSize + gl_LocalInvocationID.x;
}
