// SPDX-License-Identifier: MIT
#include "tests/ui/model_fixtures.h"

namespace phial::ui::test {
namespace {

constexpr qint64 kMega = 1'000'000;

QList<ContextNeed> needs(qint64 megabytes) {
    const auto room = [](qint64 bytes) {
        return bytes > 8000 * kMega   ? Room::Lacking
               : bytes > 7200 * kMega ? Room::Tight
                                      : Room::Ample;
    };
    QList<ContextNeed> list;
    for (const int tokens : {4096, 16384, 65536}) {
        const qint64 bytes = (megabytes + tokens * 131 / 1000) * kMega;
        list.append({.tokens = tokens, .bytes = bytes, .room = room(bytes)});
    }
    return list;
}

} // namespace

ModelView builtInModel() {
    return {.id = QStringLiteral("/usr/share/phial/models/embedded"),
            .name = QStringLiteral("Built-in mini model: a demonstration"),
            .folder = QStringLiteral("/usr/share/phial/models/embedded"),
            .kind = ModelKind::Checkpoint,
            .builtIn = true,
            .diskBytes = 12 * kMega,
            .bits = 16,
            .needs = needs(60)};
}

ModelView checkpointModel() {
    ModelView view{.id = QStringLiteral("/data/models/Phi-4-multimodal-instruct"),
                   .name = QStringLiteral("Phi-4-multimodal-instruct"),
                   .folder = QStringLiteral("/data/models/Phi-4-multimodal-instruct"),
                   .kind = ModelKind::Checkpoint,
                   .diskBytes = 11150 * kMega,
                   .bits = 16,
                   .needs = needs(11600)};
    const std::pair<const char*, int> plans[] = {
        {"default", 4170}, {"compact", 3470}, {"small", 3060}, {"audio", 3660}};
    for (const auto& [id, megabytes] : plans) {
        view.plans.append({.id = QString::fromLatin1(id),
                           .packageBytes = megabytes * kMega,
                           .diskNeeded = megabytes * kMega / 10 * 11,
                           .needs = needs(megabytes + 600)});
    }
    return view;
}

ModelView packageModel() {
    return {.id = QStringLiteral("/home/eva/.local/share/phial/models/Phi-4-default"),
            .name = QStringLiteral("Phi-4-default"),
            .folder = QStringLiteral("/home/eva/.local/share/phial/models/Phi-4-default"),
            .kind = ModelKind::Package,
            .diskBytes = 4190 * kMega,
            .bits = 5.9,
            .plan = QStringLiteral("default"),
            .needs = needs(4770)};
}

ModelView unfinishedModel() {
    return {.id = QStringLiteral("/home/eva/.local/share/phial/models/Phi-4-small.partial"),
            .name = QStringLiteral("Phi-4-small"),
            .folder = QStringLiteral("/home/eva/.local/share/phial/models/Phi-4-small.partial"),
            .kind = ModelKind::Unfinished,
            .diskBytes = 3060 * kMega,
            .plan = QStringLiteral("small"),
            .source = checkpointModel().folder};
}

ModelView missingModel() {
    return {.id = QStringLiteral("/media/eva/backup/phi4"),
            .name = QStringLiteral("phi4"),
            .folder = QStringLiteral("/media/eva/backup/phi4"),
            .kind = ModelKind::Unusable,
            .problem =
                QStringLiteral("The folder /media/eva/backup/phi4 is not there; connect its disk "
                               "and look again, or add the folder from where it is now.")};
}

ModelsView manyModels(ModelUse use) {
    ModelsView models;
    models.models = {builtInModel(), checkpointModel(), packageModel(), unfinishedModel(),
                     missingModel()};
    models.models[2].use = use;
    models.targets = QStringLiteral("/home/eva/.local/share/phial/models");
    models.device = QStringLiteral("NVIDIA GeForce RTX 3060");
    models.deviceFree = 8000 * kMega;
    if (use == ModelUse::Loaded) {
        models.usedNow = 4330 * kMega;
        models.usedAtMost = 5840 * kMega;
        models.contextTokens = 8192;
    }
    return models;
}

ModelsView onlyBuiltIn() {
    ModelsView models = manyModels(ModelUse::None);
    models.models = {builtInModel()};
    models.models[0].use = ModelUse::Loaded;
    models.usedNow = 60 * kMega;
    return models;
}

ModelWorkView quantizing(ModelWorkView::State state) {
    using State = ModelWorkView::State;
    ModelWorkView work{.kind = ModelWorkView::Kind::Quantizing,
                       .state = state,
                       .id = unfinishedModel().id,
                       .name = unfinishedModel().name,
                       .bytesDone = 4120 * kMega,
                       .bytesTotal = 11150 * kMega,
                       .tensorsDone = 611,
                       .tensorsTotal = 1690,
                       .secondsLeft = state == State::Running ? 740 : -1};
    if (state == State::Failed) {
        work.problem = QStringLiteral(
            "Writing tensor 'model.layers.11.mlp.down_proj.base_layer.weight': cannot write "
            "/home/eva/.local/share/phial/models/Phi-4-small.partial/model-00001.safetensors: No "
            "space left on device.");
    }
    work.canGoOn = state == State::Failed || state == State::Stopped;
    return work;
}

ModelWorkView verifying(ModelWorkView::State state) {
    ModelWorkView work{.kind = ModelWorkView::Kind::Verifying,
                       .state = state,
                       .id = packageModel().id,
                       .name = packageModel().name,
                       .bytesDone = 1300 * kMega,
                       .bytesTotal = 4190 * kMega};
    return work;
}

} // namespace phial::ui::test
