// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

namespace phial::ui::test {

ModelView builtInModel();
ModelView checkpointModel(); ///< with all plans; the default one fits a device of 8 GB
ModelView packageModel();
ModelView unfinishedModel();
ModelView missingModel(); ///< its disk is not there

/// All of them on a device with 8 GB; `use` is what the package is put to.
ModelsView manyModels(ModelUse use = ModelUse::Loaded);

/// Only the built-in one, in use.
ModelsView onlyBuiltIn();

/// Making unfinishedModel(), in that state.
ModelWorkView quantizing(ModelWorkView::State state);
ModelWorkView verifying(ModelWorkView::State state);

} // namespace phial::ui::test
