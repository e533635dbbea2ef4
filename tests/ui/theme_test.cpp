// SPDX-License-Identifier: MIT
#include "ui/theme/theme.h"
#include "ui/widgets/level_meter.h"

#include <gtest/gtest.h>

namespace phial::ui {
namespace {

struct Pair {
    const char* what;
    QColor ink;
    QColor ground;
};

QList<Pair> textPairs(const Colors& c) {
    return {{"text on window", c.text, c.window},
            {"text on surface", c.text, c.surface},
            {"text on sidebar", c.text, c.sidebar},
            {"text on hover", c.text, c.hover},
            {"text on selected", c.text, c.selected},
            {"text on bubble", c.text, c.bubble},
            {"text on code", c.text, c.code},
            {"text on selection", c.text, c.selection},
            {"text on accentSoft", c.text, c.accentSoft},
            {"text on amberSoft", c.text, c.amberSoft},
            {"text on dangerSoft", c.text, c.dangerSoft},
            {"muted on window", c.muted, c.window},
            {"muted on surface", c.muted, c.surface},
            {"muted on sidebar", c.muted, c.sidebar},
            {"muted on code", c.muted, c.code},
            {"muted on hover", c.muted, c.hover},
            {"link on window", c.accent, c.window},
            {"link on bubble", c.accent, c.bubble},
            {"onAccent on accent", c.onAccent, c.accent},
            {"onDanger on danger", c.onDanger, c.danger},
            {"amber on amberSoft", c.amber, c.amberSoft},
            {"danger on dangerSoft", c.danger, c.dangerSoft},
            {"danger on surface", c.danger, c.surface},
            {"keyword on code", c.keyword, c.code},
            {"literal on code", c.literal, c.code},
            {"comment on code", c.comment, c.code},
            {"number on code", c.number, c.code}};
}

QList<Pair> controlPairs(const Colors& c) {
    return {{"outline on window", c.controlBorder, c.window},
            {"outline on surface", c.controlBorder, c.surface},
            {"outline on sidebar", c.controlBorder, c.sidebar},
            {"focus on window", c.focus, c.window},
            {"focus on surface", c.focus, c.surface},
            {"focus on sidebar", c.focus, c.sidebar},
            {"meter on window", c.accent, c.window},
            {"amber outline on window", c.amber, c.window},
            {"danger outline on window", c.danger, c.window}};
}

class ThemeContrast : public testing::TestWithParam<bool> {};

TEST_P(ThemeContrast, IsEnoughToRead) {
    const Colors& colors = GetParam() ? darkColors() : lightColors();
    for (const Pair& pair : textPairs(colors)) {
        EXPECT_GE(contrastRatio(pair.ink, pair.ground), 4.5) << pair.what;
    }
    for (const Pair& pair : controlPairs(colors)) {
        EXPECT_GE(contrastRatio(pair.ink, pair.ground), 3.0) << pair.what;
    }
}

INSTANTIATE_TEST_SUITE_P(LightAndDark, ThemeContrast, testing::Bool());

TEST(Contrast, AgreesWithTheDefinition) {
    EXPECT_NEAR(contrastRatio(Qt::black, Qt::white), 21.0, 1e-6);
    EXPECT_NEAR(contrastRatio(QColor(0x777777), Qt::white), 4.478, 0.001); // the known nearly-enough grey
}

TEST(Theme, EveryNameInTheStyleSheetIsReplaced) {
    EXPECT_FALSE(makeStyleSheet(lightColors()).contains(u'$'));
}

TEST(LevelMeter, ShowsDecibels) {
    EXPECT_DOUBLE_EQ(LevelMeter::position(0.0F), 0.0);
    EXPECT_DOUBLE_EQ(LevelMeter::position(1.0F), 1.0);
    EXPECT_NEAR(LevelMeter::position(0.001F), 0.0, 1e-6); // -60 dBFS
    EXPECT_NEAR(LevelMeter::position(0.0316228F), 0.5, 1e-4); // -30 dBFS
}

} // namespace
} // namespace phial::ui
