document.documentElement.dataset.standIn = 'true';
