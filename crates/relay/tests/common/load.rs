//! Many connections that post without a pause, what each was answered, and whether what was delivered fits that.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{APP_SECRET, event, http, sign};

/// One event that was posted. Each is posted once, whatever was answered.
pub struct Post {
    pub desk: usize,
    pub body: String,
    pub begun: Instant,
    pub ended: Instant,
    /// None if there was no answer.
    pub status: Option<u16>,
}

/// Connections that post until they are stopped.
pub struct Load {
    /// Base addresses to post to, by turns.
    pub urls: Arc<Mutex<Vec<String>>>,
    answered: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    stop: CancellationToken,
    tasks: JoinSet<Vec<Post>>,
}

impl Load {
    /// Posts to all of these desks from so many connections. `first` numbers the connections, so that no two events are
    /// the same.
    pub fn start(urls: Vec<String>, desks: &[String], connections: usize, first: usize) -> Self {
        let (urls, stop) = (Arc::new(Mutex::new(urls)), CancellationToken::new());
        let (answered, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = JoinSet::new();
        for connection in first..first + connections {
            let (urls, stop, desks) = (Arc::clone(&urls), stop.clone(), desks.to_vec());
            let (answered, refused) = (Arc::clone(&answered), Arc::clone(&refused));
            tasks.spawn(async move {
                let http = http();
                let mut posts = Vec::new();
                let mut n = 0;
                while !stop.is_cancelled() {
                    n += 1;
                    let desk = (connection * 7 + n) % desks.len();
                    let url = {
                        let urls = urls.lock().unwrap();
                        urls[(connection + n) % urls.len()].clone()
                    };
                    let body = event(connection * 1_000_000 + n);
                    let begun = Instant::now();
                    let answer = http
                        .post(format!("{url}/hooks/{}", desks[desk]))
                        .header("content-type", "application/json")
                        .header("X-Hub-Signature-256", sign(APP_SECRET, body.as_bytes()))
                        .timeout(Duration::from_secs(25))
                        .body(body.clone());
                    let status = answer.send().await.ok().map(|answer| answer.status().as_u16());
                    posts.push(Post { desk, body, begun, ended: Instant::now(), status });
                    if status == Some(200) {
                        answered.fetch_add(1, Ordering::Relaxed);
                    } else {
                        refused.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                }
                posts
            });
        }
        Self { urls, answered, refused, stop, tasks }
    }

    /// Until so many were answered 200: then there is load, however slow the machine is.
    pub async fn until_answered(&self, posts: usize) {
        Self::until(&self.answered, posts, "nothing is answered 200").await;
    }

    /// Until so many got another answer, or none.
    pub async fn until_refused(&self, posts: usize) {
        Self::until(&self.refused, posts, "nothing is refused").await;
    }

    async fn until(count: &AtomicUsize, posts: usize, otherwise: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while count.load(Ordering::Relaxed) < posts {
            assert!(Instant::now() < until, "{otherwise}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Stops, waits for the answers that are still to come, and gives what was posted.
    pub async fn stop(mut self) -> Vec<Post> {
        self.stop.cancel();
        let mut posts = Vec::new();
        while let Some(done) = self.tasks.join_next().await {
            posts.extend(done.unwrap());
        }
        posts
    }
}

/// Of the posts to one desk, how many got 200. Fails if what was delivered is not every one of those, exactly once, in
/// an order in which they can have been taken, and nothing that was not posted.
pub fn check(posts: &[&Post], delivered: &[String]) -> usize {
    let mut places = HashMap::new();
    for (place, body) in delivered.iter().enumerate() {
        assert!(places.insert(body.as_str(), place).is_none(), "delivered twice: {body}");
    }
    let posted: HashMap<&str, &Post> = posts.iter().map(|post| (post.body.as_str(), *post)).collect();
    let mut latest_begin = None;
    for body in delivered {
        let post = posted.get(body.as_str()).unwrap_or_else(|| panic!("invented: {body}"));
        if post.status != Some(200) {
            continue;
        }
        // Whoever was answered before another began comes before it.
        assert!(latest_begin.is_none_or(|begun| post.ended >= begun), "out of order: {body}");
        latest_begin = latest_begin.max(Some(post.begun));
    }
    let answered: Vec<&&Post> = posts.iter().filter(|post| post.status == Some(200)).collect();
    let lost: Vec<&str> =
        answered.iter().map(|post| post.body.as_str()).filter(|body| !places.contains_key(body)).collect();
    assert!(
        lost.is_empty(),
        "{} of {} answered 200 and lost: {:?}",
        lost.len(),
        answered.len(),
        &lost[..lost.len().min(5)]
    );
    answered.len()
}
