// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "ui/main_window.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/level_meter.h"

#include <QApplication>
#include <QEvent>
#include <QHash>
#include <QPushButton>

#include <gtest/gtest.h>

#include <algorithm>

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
    EXPECT_NEAR(contrastRatio(QColor(0x777777), Qt::white), 4.478,
                0.001); // the known nearly-enough grey
}

TEST(Theme, EveryNameInTheStyleSheetIsReplaced) {
    EXPECT_FALSE(makeStyleSheet(lightColors()).contains(u'$'));
}

/// What Qt tells the widgets, since it was made.
class Told : public QObject {
public:
    Told() { qApp->installEventFilter(this); }

    /// The most that one widget was told, and all together.
    int most(QEvent::Type type) const {
        const QHash<QObject*, int> counts = m_counts.value(type);
        return counts.isEmpty() ? 0 : *std::max_element(counts.begin(), counts.end());
    }

    qsizetype widgets(QEvent::Type type) const { return m_counts.value(type).size(); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched->isWidgetType()) {
            ++m_counts[event->type()][watched];
        }
        return false;
    }

private:
    QHash<QEvent::Type, QHash<QObject*, int>> m_counts;
};

TEST(Theme, AChangeStylesNoWidgetAgainAndAgainAndTouchesOnlyWhatDiffers) {
    Theme theme;
    MainWindow window(theme);
    window.show();
    window.showPage(MainWindow::Page::Settings);
    window.settingsPage().setView(test::settingsRows());
    QCoreApplication::processEvents();
    {
        const Told told;
        theme.setChoice(theme.dark() ? ThemeChoice::Light : ThemeChoice::Dark);
        EXPECT_GT(told.widgets(QEvent::StyleChange), 100) << "the page is there";
        EXPECT_LE(told.most(QEvent::StyleChange), 2) << "the old sheet goes, the new one comes";
        EXPECT_LT(told.widgets(QEvent::FontChange), 30) << "the letters stay, but for a few cards";
    }
    {
        const Told told;
        theme.setZoomPercent(120);
        EXPECT_LE(told.most(QEvent::StyleChange), 2);
        EXPECT_GT(told.widgets(QEvent::FontChange), 100);
        EXPECT_EQ(window.settingsPage().findChild<QPushButton*>()->font().pointSizeF(),
                  theme.font().pointSizeF());
    }
    const Told told;
    theme.setZoomPercent(120);
    EXPECT_EQ(told.widgets(QEvent::FontChange) + told.widgets(QEvent::StyleChange), 0);
}

TEST(LevelMeter, ShowsDecibels) {
    EXPECT_DOUBLE_EQ(LevelMeter::position(0.0F), 0.0);
    EXPECT_DOUBLE_EQ(LevelMeter::position(1.0F), 1.0);
    EXPECT_NEAR(LevelMeter::position(0.001F), 0.0, 1e-6);     // -60 dBFS
    EXPECT_NEAR(LevelMeter::position(0.0316228F), 0.5, 1e-4); // -30 dBFS
}

} // namespace
} // namespace phial::ui
