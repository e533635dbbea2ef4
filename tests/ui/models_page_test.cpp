// SPDX-License-Identifier: MIT
// The page of models: what it offers for each kind of model, and what it asks for.
#include "tests/ui/fixtures.h"
#include "ui/pages/models_page.h"
#include "ui/theme/theme.h"

#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <utility>

namespace phial::ui {
namespace {

class ModelsPageTest : public testing::Test {
protected:
    ModelsPageTest() {
        m_page.resize(900, 700);
        m_page.setModels(test::modelViews());
        m_page.show();
    }

    QListWidget& list() const { return *m_page.findChild<QListWidget*>(); }

    /// The visible button of that text, or nullptr.
    QPushButton* button(const char* text) const {
        const auto buttons = m_page.findChildren<QPushButton*>();
        for (QPushButton* each : buttons) {
            if (each->text() == QString::fromUtf8(text) && each->isVisible()) {
                return each;
            }
        }
        return nullptr;
    }

    bool offers(const char* text) const {
        const QPushButton* found = button(text);
        return found != nullptr && found->isEnabled();
    }

    void choose(ModelKind kind) {
        const QList<ModelView> models = test::modelViews();
        for (int i = 0; i < models.size(); ++i) {
            if (models[i].kind == kind) {
                list().setCurrentRow(i);
            }
        }
    }

    /// All that is written on the page.
    QString text() const {
        QString all;
        const auto labels = m_page.findChildren<QLabel*>();
        for (const QLabel* label : labels) {
            all += label->isVisible() ? label->text() + QLatin1Char('\n') : QString();
        }
        return all;
    }

    Theme m_theme;
    ModelsPage m_page{m_theme, nullptr};
};

TEST_F(ModelsPageTest, OffersWhatAModelOfItsKindCanDo) {
    choose(ModelKind::BuiltIn); // in use
    EXPECT_FALSE(offers("Use"));
    EXPECT_EQ(button("Remove…"), nullptr);
    choose(ModelKind::Checkpoint);
    EXPECT_TRUE(offers("Use"));
    EXPECT_TRUE(offers("Quantize…"));
    EXPECT_EQ(button("Check"), nullptr);
    choose(ModelKind::Package);
    EXPECT_TRUE(offers("Use"));
    EXPECT_TRUE(offers("Check"));
    EXPECT_EQ(button("Quantize…"), nullptr);
    choose(ModelKind::Unfinished);
    EXPECT_TRUE(offers("Go On"));
    EXPECT_TRUE(offers("Remove…"));
    EXPECT_EQ(button("Use"), nullptr);
    choose(ModelKind::Unusable);
    EXPECT_TRUE(text().contains(test::modelViews().last().problem));
    EXPECT_EQ(button("Use"), nullptr);
    EXPECT_TRUE(offers("Remove…"));
}

TEST_F(ModelsPageTest, QuantizesAsChosenWhereThereIsRoom) {
    choose(ModelKind::Checkpoint);
    QSignalSpy plans(&m_page, &ModelsPage::plansRequested);
    button("Quantize…")->click();
    ASSERT_EQ(plans.count(), 1);
    const PlanChoice choice = test::planChoice();
    EXPECT_EQ(plans[0][0].toString(), choice.model);
    m_page.setPlans(choice);
    const auto radios = m_page.findChildren<QRadioButton*>();
    ASSERT_EQ(radios.size(), choice.plans.size());
    for (int i = 0; i < radios.size(); ++i) {
        radios[i]->click();
        EXPECT_EQ(offers("Begin Quantizing"), choice.plans[i].diskBytes <= choice.freeBytes) << i;
        EXPECT_TRUE(text().contains(sizeText(choice.plans[i].diskBytes))) << i;
    }
    QSignalSpy begun(&m_page, &ModelsPage::quantizeRequested);
    radios[2]->click();
    button("Begin Quantizing")->click();
    ASSERT_EQ(begun.count(), 1);
    EXPECT_EQ(begun[0][0].toString(), choice.model);
    EXPECT_EQ(begun[0][1].toString(), choice.plans[2].id);
    EXPECT_EQ(begun[0][2].toString(), choice.folder);
    EXPECT_EQ(button("Begin Quantizing"), nullptr);
}

TEST_F(ModelsPageTest, OneWorkAtATimeWhichCanBeStopped) {
    m_page.setWork(test::runningWork());
    choose(ModelKind::Unfinished);
    EXPECT_TRUE(list().currentItem()->text().contains(QStringLiteral("Being quantized")));
    EXPECT_FALSE(offers("Go On"));
    EXPECT_FALSE(offers("Remove…"));
    choose(ModelKind::Checkpoint);
    EXPECT_FALSE(offers("Quantize…"));
    EXPECT_TRUE(text().contains(QStringLiteral("about 6 min left")));
    QSignalSpy stopped(&m_page, &ModelsPage::stopRequested);
    button("Stop")->click();
    EXPECT_EQ(stopped.count(), 1);

    ModelWorkView ended = test::runningWork();
    ended.state = WorkState::Stopped;
    m_page.setWork(ended);
    EXPECT_EQ(button("Stop"), nullptr);
    EXPECT_TRUE(offers("Quantize…"));
    choose(ModelKind::Unfinished);
    EXPECT_TRUE(list().currentItem()->text().contains(QStringLiteral("can go on")));
    EXPECT_TRUE(offers("Go On"));
}

TEST_F(ModelsPageTest, AsksBeforeItDeletes) {
    QSignalSpy removed(&m_page, &ModelsPage::removeRequested);
    for (const auto& [kind, words] :
         {std::pair(ModelKind::Package, "Delete"), std::pair(ModelKind::Checkpoint, "Take Off")}) {
        choose(kind);
        button("Remove…")->click();
        auto* question = m_page.findChild<QMessageBox*>();
        ASSERT_NE(question, nullptr);
        EXPECT_EQ(question->defaultButton()->text(), QStringLiteral("Keep"));
        question->reject();
        EXPECT_EQ(removed.count(), 0);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);

        button("Remove…")->click();
        question = m_page.findChild<QMessageBox*>();
        ASSERT_NE(question, nullptr);
        const auto choices = question->buttons();
        for (QAbstractButton* each : choices) {
            if (each->text() == QString::fromUtf8(words)) {
                each->click();
            }
        }
        ASSERT_EQ(removed.count(), 1) << words;
        removed.clear();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
}

} // namespace
} // namespace phial::ui
