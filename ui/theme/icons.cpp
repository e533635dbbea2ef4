// SPDX-License-Identifier: MIT
#include "ui/theme/icons.h"

#include "ui/theme/theme.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

// Q_INIT_RESOURCE must stand outside any namespace.
static void initPhialResources() {
    Q_INIT_RESOURCE(phial);
}

namespace phial::ui {
namespace {

QByteArray coloredSvg(const QString& name, const QColor& color) {
    QFile file(QStringLiteral(":/phial/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    return file.readAll().replace("currentColor", color.name().toLatin1());
}

QPixmap rendered(const QString& name, const QColor& color, const QSize& pixels) {
    const QString key = QStringLiteral("phial/%1/%2/%3x%4")
                            .arg(name, color.name())
                            .arg(pixels.width())
                            .arg(pixels.height());
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(pixels);
        pixmap.fill(Qt::transparent);
        QSvgRenderer renderer(coloredSvg(name, color));
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(pixels)));
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

class ThemedIconEngine final : public QIconEngine {
public:
    ThemedIconEngine(const Theme& theme, QString name, IconTone tone)
        : m_theme(theme)
        , m_name(std::move(name))
        , m_tone(tone) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const qreal ratio = painter->device()->devicePixelRatioF();
        QPixmap pixmap = rendered(m_name, color(mode), (QSizeF(rect.size()) * ratio).toSize());
        painter->drawPixmap(rect, pixmap);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        return rendered(m_name, color(mode), size);
    }

    QIconEngine* clone() const override { return new ThemedIconEngine(m_theme, m_name, m_tone); }

private:
    QColor color(QIcon::Mode mode) const {
        const Colors& c = m_theme.colors();
        if (mode == QIcon::Disabled) {
            return c.controlBorder;
        }
        switch (m_tone) {
        case IconTone::Text:
            return c.text;
        case IconTone::Muted:
            return c.muted;
        case IconTone::OnAccent:
            return c.onAccent;
        case IconTone::Accent:
            return c.accent;
        case IconTone::Amber:
            return c.amber;
        case IconTone::Danger:
            return c.danger;
        }
        return c.text;
    }

    const Theme& m_theme;
    QString m_name;
    IconTone m_tone;
};

} // namespace

QIcon icon(const Theme& theme, const char* name, IconTone tone) {
    return QIcon(new ThemedIconEngine(theme, QString::fromLatin1(name), tone));
}

void paintIcon(QPainter& painter, const char* name, const QRectF& where, const QColor& color) {
    const qreal ratio = painter.device()->devicePixelRatioF();
    QPixmap pixmap = rendered(QString::fromLatin1(name), color, (where.size() * ratio).toSize());
    painter.drawPixmap(where, pixmap, QRectF(pixmap.rect()));
}

void initResources() {
    initPhialResources();
}

} // namespace phial::ui
