import { mount } from 'svelte';
import PhonePage from './PhonePage.svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/controls.css';

const target = document.getElementById('app');
if (!target) throw new Error('phone.html has no #app');
mount(PhonePage, { target });
