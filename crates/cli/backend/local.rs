//! The store of this machine.

use std::path::PathBuf;

use relapse::service::Service;
use tonic::Status;

/// An open store.
pub struct Local {
    service: Service,
}

impl Local {
    /// Opens the store in `folder`.
    ///
    /// # Errors
    /// NOT_FOUND where there is none, UNAVAILABLE where another process holds it, DATA_LOSS where it is
    /// damaged.
    pub async fn open(folder: PathBuf) -> Result<Self, Status> {
        let service = aside(move || Service::open_existing(&folder, jiff::Timestamp::now)).await?;
        Ok(Self { service })
    }

    /// Opens the store in `folder`, which is created where there is none.
    ///
    /// # Errors
    /// UNAVAILABLE where another process holds it, DATA_LOSS where it is damaged.
    pub async fn open_or_create(folder: PathBuf) -> Result<Self, Status> {
        let service = aside(move || Service::open(&folder, jiff::Timestamp::now)).await?;
        Ok(Self { service })
    }

    /// The service of the store.
    pub fn service(&self) -> Service {
        self.service.clone()
    }

    /// Asks away from the runtime, which so still notices Ctrl-C.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Service) -> Result<T, Status> + Send + 'static,
    ) -> Result<T, Status> {
        let service = self.service.clone();
        aside(move || question(&service)).await
    }
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Status> + Send + 'static,
) -> Result<T, Status> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Status::internal(format!("the store gave up: {error}"))))
}
