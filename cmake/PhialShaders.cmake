# phial_shader(...): filled in by shaders/CMakeLists.txt's needs; see docs/howto/add-an-op.md.
