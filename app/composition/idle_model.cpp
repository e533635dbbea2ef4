// SPDX-License-Identifier: MIT
#include "app/composition/idle_model.h"

namespace phial::app {

IdleModel::IdleModel(EngineController& engine, std::chrono::milliseconds minute, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_minute(minute) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &IdleModel::rest);
    connect(&engine, &EngineController::submitting, this, &IdleModel::use);
    connect(&engine, &EngineController::started, this, [this](JobId job) {
        m_running = job;
        m_timer.stop();
    });
    const auto over = [this](JobId job) {
        if (job == m_running) {
            m_running = 0;
            await();
        }
    };
    connect(&engine, &EngineController::finished, this,
            [over](JobId job, const auto&) { over(job); });
    connect(&engine, &EngineController::failed, this,
            [over](JobId job, ErrorCode, const QString&) { over(job); });
    connect(&engine, &EngineController::ready, this, [this] {
        m_coming = false;
        m_leaving = false;
        m_resting = false;
        await();
    });
    connect(&engine, &EngineController::loadFailed, this, [this] {
        m_coming = false;
        m_resting = m_leaving; // stopped before the old model had even gone, which it still does
    });
    connect(&engine, &EngineController::unloaded, this, [this] {
        m_timer.stop();
        m_leaving = false;
        if (m_resting) {
            Q_EMIT rested();
        }
    });
}

void IdleModel::onLoading() {
    m_timer.stop();
    m_resting = false;
    m_coming = true;
}

void IdleModel::setMinutes(int minutes) {
    if (minutes != m_minutes) {
        m_minutes = minutes;
        await();
    }
}

void IdleModel::await() {
    m_timer.stop();
    if (m_minutes > 0 && m_running == 0 && !m_coming && m_engine.info()) {
        m_timer.start(m_minutes * m_minute);
    }
}

void IdleModel::rest() {
    if (m_running == 0 && m_engine.info() && !m_resting && !m_coming) {
        m_resting = true;
        m_leaving = true;
        m_engine.unload();
    }
}

void IdleModel::use() {
    if (m_resting) {
        m_resting = false;
        m_coming = true;
        Q_EMIT wanted();
    } else {
        await();
    }
}

} // namespace phial::app
