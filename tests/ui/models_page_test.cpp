// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "tests/ui/model_fixtures.h"
#include "tests/ui/tab_order.h"
#include "ui/pages/model_words.h"
#include "ui/pages/models_page.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>

#include <gtest/gtest.h>

namespace phial::ui {
namespace {

using State = ModelWorkView::State;

class ModelsPageTest : public testing::Test {
protected:
    ModelsPageTest() {
        m_window.resize(1100, 900);
        m_window.show();
        m_window.activateWindow();
        m_window.showPage(MainWindow::Page::Models);
        page().setModels(test::manyModels());
        QCoreApplication::processEvents();
    }

    ModelsPage& page() { return m_window.modelsPage(); }

    QPushButton* button(const QString& text) {
        const auto buttons = page().findChildren<QPushButton*>();
        for (QPushButton* found : buttons) {
            if (found->text() == text && found->isVisibleTo(&page())) {
                return found;
            }
        }
        return nullptr;
    }

    bool says(const QString& text) {
        const auto labels = page().findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisibleTo(&page()) && label->text().contains(text);
        });
    }

    QListWidget& list() { return *page().findChild<QListWidget*>(); }

    Theme m_theme;
    MainWindow m_window{m_theme};
};

TEST_F(ModelsPageTest, TellsWhatIsInUseWithItsCost) {
    m_window.setEngine(test::hardwareEngine());
    EXPECT_TRUE(says(QStringLiteral("In use: Phi-4-default")));
    EXPECT_TRUE(says(QStringLiteral("4.19 GB")));
    EXPECT_TRUE(says(QStringLiteral("5.9 bits per weight")));
    EXPECT_TRUE(says(QStringLiteral("5.84 GB with a full context of 8,192 tokens")));
    page().setModels(test::manyModels(ModelUse::None));
    EXPECT_TRUE(says(QStringLiteral("No model is in use")));
}

TEST_F(ModelsPageTest, EveryLineOffersWhatCanBeDoneWithIt) {
    page().select(test::builtInModel().id);
    EXPECT_NE(button(QStringLiteral("Load")), nullptr);
    EXPECT_EQ(button(QStringLiteral("Remove from List")), nullptr);
    EXPECT_EQ(button(QStringLiteral("Make the Package")), nullptr);

    page().select(test::checkpointModel().id);
    EXPECT_TRUE(button(QStringLiteral("Load"))->isEnabled());
    EXPECT_EQ(button(QStringLiteral("Check Every Byte")), nullptr);
    EXPECT_NE(button(QStringLiteral("Make the Package")), nullptr);

    page().select(test::packageModel().id);
    EXPECT_FALSE(button(QStringLiteral("Load"))->isEnabled()); // it is in use
    EXPECT_FALSE(button(QStringLiteral("Remove from List"))->isEnabled());
    EXPECT_TRUE(button(QStringLiteral("Check Every Byte"))->isEnabled());
    EXPECT_EQ(button(QStringLiteral("Make the Package")), nullptr);

    page().select(test::unfinishedModel().id);
    EXPECT_EQ(button(QStringLiteral("Load")), nullptr);
    EXPECT_NE(button(QStringLiteral("Go On")), nullptr);
    EXPECT_NE(button(QStringLiteral("Remove What Was Made…")), nullptr);

    page().select(test::missingModel().id);
    EXPECT_EQ(button(QStringLiteral("Load")), nullptr);
    EXPECT_NE(button(QStringLiteral("Look Again")), nullptr);
    EXPECT_TRUE(says(QStringLiteral("connect its disk")));
}

TEST_F(ModelsPageTest, RoomIsToldInWordsAndColour) {
    page().select(test::checkpointModel().id);
    EXPECT_TRUE(says(QStringLiteral("4,096 tokens: 5.31 GB, fits")));
    EXPECT_TRUE(says(QStringLiteral("65,536 tokens: 13.36 GB, does not fit")));
    auto* plans = page().findChild<QComboBox*>();
    plans->setCurrentIndex(plans->findData(QStringLiteral("small")));
    EXPECT_TRUE(says(QStringLiteral("4,096 tokens: 4.20 GB, fits")));
    EXPECT_EQ(needTone(Room::Lacking), QStringLiteral("danger"));
    EXPECT_NE(needText({.tokens = 1, .bytes = 1, .room = Room::Tight}),
              needText({.tokens = 1, .bytes = 1, .room = Room::Ample}));
}

TEST_F(ModelsPageTest, APackageIsMadeWhereThereIsRoomForIt) {
    QSignalSpy targets(&page(), &ModelsPage::targetChanged);
    QSignalSpy wanted(&page(), &ModelsPage::quantizeRequested);
    page().select(test::checkpointModel().id);
    auto* plans = page().findChild<QComboBox*>();
    plans->setCurrentIndex(plans->findData(QStringLiteral("compact")));
    const QString offered =
        QStringLiteral("/home/eva/.local/share/phial/models/Phi-4-multimodal-instruct-compact");
    auto* target = page().findChild<QLineEdit*>();
    EXPECT_EQ(target->text(), offered);
    ASSERT_FALSE(targets.isEmpty());
    EXPECT_EQ(targets.last().first().toString(), offered);
    QPushButton* make = button(QStringLiteral("Make the Package"));
    EXPECT_FALSE(make->isEnabled()); // the room is not known yet
    page().setTarget({.folder = offered, .freeBytes = 1'000'000'000, .problem = {}});
    EXPECT_FALSE(make->isEnabled());
    EXPECT_TRUE(says(QStringLiteral("only 1.00 GB")));
    page().setTarget(
        {.folder = QStringLiteral("/else"), .freeBytes = 90'000'000'000, .problem = {}});
    EXPECT_FALSE(make->isEnabled()); // an answer about another folder
    page().setTarget({.folder = offered, .freeBytes = 90'000'000'000, .problem = {}});
    EXPECT_TRUE(make->isEnabled());
    page().setWork(test::verifying(State::Running));
    EXPECT_FALSE(make->isEnabled()); // one at a time
    page().setWork({});
    make->setFocus();
    QTest::keyClick(make, Qt::Key_Space);
    ASSERT_EQ(wanted.size(), 1);
    EXPECT_EQ(wanted.first(),
              (QVariantList{test::checkpointModel().id, QStringLiteral("compact"), offered}));
    target->setText(QStringLiteral("/mnt/x"));
    page().setTarget({.folder = QStringLiteral("/mnt/x"),
                      .freeBytes = -1,
                      .problem = QStringLiteral("/mnt/x exists already.")});
    EXPECT_FALSE(make->isEnabled());
    EXPECT_TRUE(says(QStringLiteral("/mnt/x exists already.")));
}

TEST_F(ModelsPageTest, WorkShowsItsNumbersAndWhatCanBeDoneAtItsEnd) {
    page().setWork(test::quantizing(State::Running));
    EXPECT_TRUE(says(QStringLiteral("“Phi-4-small” is being made")));
    EXPECT_TRUE(
        says(QStringLiteral("4.12 GB of 11.15 GB · tensor 612 of 1,690 · about 12 minutes left")));
    QSignalSpy stopped(&page(), &ModelsPage::stopRequested);
    button(QStringLiteral("Stop"))->setFocus();
    QTest::keyClick(button(QStringLiteral("Stop")), Qt::Key_Space);
    EXPECT_EQ(stopped.size(), 1);
    page().setWork(test::quantizing(State::Stopping));
    EXPECT_FALSE(button(QStringLiteral("Stop"))->isEnabled());
    page().setWork(test::quantizing(State::Stopped));
    EXPECT_EQ(button(QStringLiteral("Stop")), nullptr);
    EXPECT_TRUE(says(QStringLiteral("What is finished is kept")));
    QSignalSpy resumed(&page(), &ModelsPage::resumeRequested);
    button(QStringLiteral("Go On"))->click();
    EXPECT_EQ(resumed.first().first().toString(), test::unfinishedModel().id);

    QSignalSpy discarded(&page(), &ModelsPage::discardRequested);
    button(QStringLiteral("Remove What Was Made…"))->click();
    QCoreApplication::processEvents();
    auto* question = qobject_cast<QDialog*>(QApplication::activeModalWidget());
    ASSERT_NE(question, nullptr);
    const auto answers = question->findChildren<QPushButton*>();
    for (QPushButton* answer : answers) {
        EXPECT_EQ(discarded.size(), 0);
        if (answer->text() == QStringLiteral("Delete")) {
            answer->click();
            break;
        }
    }
    EXPECT_EQ(discarded.size(), 1);

    page().setWork(test::quantizing(State::Failed));
    EXPECT_TRUE(says(QStringLiteral("No space left on device")));
    ModelWorkView damaged = test::verifying(State::Done);
    damaged.problem = QStringLiteral("model-00001.safetensors does not match its checksum.");
    page().setWork(damaged);
    EXPECT_TRUE(says(QStringLiteral("is damaged")));
    EXPECT_TRUE(says(QStringLiteral("model-00001.safetensors")));
}

TEST_F(ModelsPageTest, KeepsThePlaceWhenTheListChanges) {
    page().select(test::packageModel().id);
    ModelsView models = test::manyModels();
    models.models.removeAt(1);
    page().setModels(models);
    EXPECT_EQ(list().currentItem()->data(Qt::UserRole).toString(), test::packageModel().id);
    models.models.removeAt(1);
    page().setModels(models);
    EXPECT_EQ(list().currentRow(), 1); // the one behind it
    page().setModels(test::onlyBuiltIn());
    EXPECT_EQ(list().currentRow(), 0);
    EXPECT_TRUE(says(QStringLiteral("How to get Phi-4-multimodal")));
}

TEST_F(ModelsPageTest, AFolderDroppedHereIsTakenForAModel) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QDir::tempPath())});
    QSignalSpy dropped(&m_window, &MainWindow::modelFolderDropped);
    const auto drop = [&] {
        QDragEnterEvent enter(QPoint(650, 350), Qt::CopyAction, &data, Qt::LeftButton,
                              Qt::NoModifier);
        QApplication::sendEvent(&m_window, &enter);
        QDragMoveEvent move(QPoint(660, 360), Qt::CopyAction, &data, Qt::LeftButton,
                            Qt::NoModifier);
        QApplication::sendEvent(&m_window, &move);
        QDropEvent event(QPointF(660, 360), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&m_window, &event);
    };
    drop();
    ASSERT_EQ(dropped.size(), 1);
    EXPECT_EQ(dropped.first().first().toString(), QDir::tempPath());
    m_window.showPage(MainWindow::Page::Chat);
    drop();
    EXPECT_EQ(dropped.size(), 1); // elsewhere only what looks like one
}

TEST_F(ModelsPageTest, TabGoesDownThePage) {
    page().select(test::checkpointModel().id);
    const QString target = page().findChild<QLineEdit*>()->text();
    page().setTarget({.folder = target, .freeBytes = 90'000'000'000, .problem = {}});
    page().setWork(test::quantizing(State::Failed));
    QCoreApplication::processEvents();
    // Three of the report, the list, three of the line, four of the package.
    EXPECT_EQ(test::expectTabGoesDown(m_window, page()), 11);
}

TEST_F(ModelsPageTest, EnterLoadsAndTheFocusIsNeverLost) {
    QSignalSpy loads(&page(), &ModelsPage::loadRequested);
    page().select(test::checkpointModel().id);
    list().setFocus();
    QTest::keyClick(&list(), Qt::Key_Return);
    ASSERT_EQ(loads.size(), 1);
    EXPECT_EQ(loads.first().first().toString(), test::checkpointModel().id);
    page().select(test::missingModel().id);
    button(QStringLiteral("Remove from List"))->setFocus();
    page().setModels(test::onlyBuiltIn()); // whose line has no such button
    EXPECT_EQ(QApplication::focusWidget(), &list());
}

} // namespace
} // namespace phial::ui
