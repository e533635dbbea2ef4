// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "ui/theme/theme.h"
#include "ui/widgets/attachment_chip.h"
#include "ui/widgets/composer.h"

#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <gtest/gtest.h>

namespace phial::ui {
namespace {

class ComposerTest : public testing::Test {
protected:
    ComposerTest() {
        m_composer.resize(760, 120);
        m_composer.show();
        m_composer.activateWindow();
        m_edit = m_composer.findChild<QPlainTextEdit*>();
        m_edit->setFocus();
        QCoreApplication::processEvents();
    }

    // Losing the focus is told while there is still a composer to tell it to.
    ~ComposerTest() override { m_composer.hide(); }

    QToolButton* button(const QString& name) {
        const auto buttons = m_composer.findChildren<QToolButton*>();
        for (QToolButton* candidate : buttons) {
            if (candidate->accessibleName() == name) {
                return candidate;
            }
        }
        return nullptr;
    }

    Theme m_theme;
    Composer m_composer{m_theme};
    QPlainTextEdit* m_edit = nullptr;
};

TEST_F(ComposerTest, AChipIsWideEnoughForWhatIsWrong) {
    AttachmentView view = test::recordingView(QStringLiteral("r"));
    view.state = AttachmentState::Problem;
    view.problem = QStringLiteral("No sound");
    const int usual = AttachmentChip(m_theme, view, nullptr).sizeHint().width();
    view.problem = QStringLiteral("The file \"talk.wav\" is not a sound file that can be read");
    EXPECT_GT(AttachmentChip(m_theme, view, nullptr).sizeHint().width(), usual);
}

TEST_F(ComposerTest, EnterSendsAndShiftEnterBeginsALine) {
    QSignalSpy submitted(&m_composer, &Composer::submitted);
    QTest::keyClicks(m_edit, QStringLiteral("hello"));
    QTest::keyClick(m_edit, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(m_edit, QStringLiteral("world"));
    EXPECT_EQ(submitted.count(), 0);
    QTest::keyClick(m_edit, Qt::Key_Return);
    ASSERT_EQ(submitted.count(), 1);
    EXPECT_EQ(submitted.first().first().value<Submission>().text, QStringLiteral("hello\nworld"));
    EXPECT_FALSE(m_composer.empty()); // it is the application that accepts and clears
    m_composer.clearDraft();
    EXPECT_TRUE(m_composer.empty());
}

TEST_F(ComposerTest, SendsNothingWhenEmptyOrWhileAnswering) {
    QSignalSpy submitted(&m_composer, &Composer::submitted);
    QTest::keyClicks(m_edit, QStringLiteral("   "));
    QTest::keyClick(m_edit, Qt::Key_Return);
    QTest::keyClicks(m_edit, QStringLiteral("text"));
    m_composer.setAnswering(Composer::Answering::Yes);
    QTest::keyClick(m_edit, Qt::Key_Return);
    EXPECT_EQ(submitted.count(), 0);
    QSignalSpy stopped(&m_composer, &Composer::stopRequested);
    QTest::mouseClick(button(QStringLiteral("Stop (Esc)")), Qt::LeftButton);
    EXPECT_EQ(stopped.count(), 1);
}

TEST_F(ComposerTest, GrowsToSixLines) {
    const int one = m_edit->height();
    m_composer.setText(QStringLiteral("a\nb\nc"));
    QCoreApplication::processEvents();
    const int three = m_edit->height();
    m_composer.setText(QStringLiteral("1\n2\n3\n4\n5\n6"));
    QCoreApplication::processEvents();
    const int six = m_edit->height();
    m_composer.setText(QStringLiteral("1\n2\n3\n4\n5\n6\n7\n8\n9"));
    QCoreApplication::processEvents();
    EXPECT_GT(three, one);
    EXPECT_GT(six, three);
    EXPECT_EQ(m_edit->height(), six);
}

TEST_F(ComposerTest, ChipsAreRemovedByKeyboard) {
    m_composer.setAttachments(
        {test::pictureView(QStringLiteral("p")), test::recordingView(QStringLiteral("r"))});
    QSignalSpy removed(&m_composer, &Composer::attachmentRemoved);
    const auto chips = m_composer.findChildren<AttachmentChip*>();
    ASSERT_EQ(chips.size(), 2);
    EXPECT_FALSE(chips[0]->accessibleName().isEmpty());
    EXPECT_TRUE(chips[0]->accessibleName().contains(QStringLiteral("1,841 tokens")));
    chips[0]->setFocus();
    QTest::keyClick(chips[0], Qt::Key_Delete);
    ASSERT_EQ(removed.count(), 1);
    EXPECT_EQ(removed.first().first().toString(), QStringLiteral("p"));
    m_composer.setAttachments({test::recordingView(QStringLiteral("r"))});
    EXPECT_EQ(m_composer.draft().attachments, QStringList(QStringLiteral("r")));
}

TEST_F(ComposerTest, PastesPicturesFilesAndText) {
    QSignalSpy offered(&m_composer, &Composer::sourcesOffered);
    QImage image(8, 8, QImage::Format_RGB32);
    image.fill(Qt::red);
    QApplication::clipboard()->setImage(image);
    m_edit->paste();
    ASSERT_EQ(offered.count(), 1);
    const auto picture = offered.takeFirst().first().value<QList<AttachmentSource>>();
    EXPECT_EQ(QImage::fromData(picture.first().bytes).size(), QSize(8, 8));

    auto* files = new QMimeData; // the clipboard takes it over
    files->setUrls({QUrl::fromLocalFile(QStringLiteral("/data/a.png")),
                    QUrl::fromLocalFile(QStringLiteral("/data/b.docx")),
                    QUrl::fromLocalFile(QStringLiteral("/data/c.mp3"))});
    QApplication::clipboard()->setMimeData(files);
    m_edit->paste();
    ASSERT_EQ(offered.count(), 1);
    const auto sources = offered.takeFirst().first().value<QList<AttachmentSource>>();
    ASSERT_EQ(sources.size(), 2);
    EXPECT_EQ(sources[1].path, QStringLiteral("/data/c.mp3"));

    QApplication::clipboard()->setText(QStringLiteral("plain"));
    m_edit->paste();
    EXPECT_EQ(offered.count(), 0);
    EXPECT_EQ(m_composer.draft().text, QStringLiteral("plain"));
}

TEST_F(ComposerTest, AClickOnTheMicrophoneTogglesAndAHoldEndsWithTheRelease) {
    QSignalSpy started(&m_composer, &Composer::captureStartRequested);
    QSignalSpy ended(&m_composer, &Composer::captureEndRequested);
    QToolButton* microphone = button(QStringLiteral("Talk"));
    ASSERT_NE(microphone, nullptr);

    QTest::mousePress(microphone, Qt::LeftButton); // recording begins with the press
    EXPECT_EQ(started.count(), 1);
    m_composer.setCapture({.phase = CapturePhase::Listening});
    QTest::mouseRelease(microphone, Qt::LeftButton); // a tap: it goes on
    EXPECT_EQ(ended.count(), 0);
    const auto buttons = m_composer.findChildren<QPushButton*>();
    for (QPushButton* candidate : buttons) {
        if (candidate->text() == QStringLiteral("Add")) {
            candidate->click();
        }
    }
    ASSERT_EQ(ended.count(), 1);
    EXPECT_EQ(ended.takeFirst().first().value<CaptureEnd>(), CaptureEnd::Attach);
    m_composer.setCapture({});

    m_composer.beginHold();
    EXPECT_EQ(started.count(), 2);
    m_composer.setCapture({.phase = CapturePhase::Listening});
    m_composer.endHold();
    ASSERT_EQ(ended.count(), 1);
    EXPECT_EQ(ended.takeFirst().first().value<CaptureEnd>(), CaptureEnd::AttachAndSend);
}

TEST_F(ComposerTest, EscapeDiscardsARecordingWithoutSideEffects) {
    m_composer.setText(QStringLiteral("kept"));
    QSignalSpy ended(&m_composer, &Composer::captureEndRequested);
    QSignalSpy submitted(&m_composer, &Composer::submitted);
    m_composer.setCapture({.phase = CapturePhase::Listening});
    EXPECT_TRUE(m_composer.escape());
    ASSERT_EQ(ended.count(), 1);
    EXPECT_EQ(ended.first().first().value<CaptureEnd>(), CaptureEnd::Discard);
    m_composer.setCapture({});
    EXPECT_EQ(submitted.count(), 0);
    EXPECT_EQ(m_composer.draft().text, QStringLiteral("kept"));
    EXPECT_FALSE(m_composer.escape());
}

TEST_F(ComposerTest, TranslateCarriesItsLanguage) {
    m_composer.setAction(Action::Translate, QStringLiteral("es"));
    QTest::keyClicks(m_edit, QStringLiteral("Good morning"));
    const Submission draft = m_composer.draft();
    EXPECT_EQ(draft.action, Action::Translate);
    EXPECT_EQ(draft.language, QStringLiteral("es"));
}

TEST_F(ComposerTest, AnEditNamesTheQuestionItReplaces) {
    m_composer.beginEdit(QStringLiteral("turn"), QStringLiteral("old text"));
    EXPECT_EQ(m_composer.draft().editsMessage, QStringLiteral("turn"));
    EXPECT_TRUE(m_composer.escape());
    EXPECT_TRUE(m_composer.draft().editsMessage.isEmpty());
    EXPECT_TRUE(m_composer.empty());
}

} // namespace
} // namespace phial::ui
